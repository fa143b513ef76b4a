import type { Complaint, Rule } from "./rule.ts";
import { makeRules, type RuleName } from "./rules.ts";
import { Violation } from "./violation.ts";

type Hook = "onStep" | "onMessage" | "onReport" | "onEnd";

/** The rules of one run, each asked at the moments that it looks at. */
export class RuleBook {
  readonly #all = makeRules();
  readonly #with = {
    onStep: this.#having("onStep"),
    onMessage: this.#having("onMessage"),
    onReport: this.#having("onReport"),
    onEnd: this.#having("onEnd"),
  };

  /** The first violation that the rules see at this moment. */
  check<Of extends Hook>(hook: Of, ...seen: Parameters<NonNullable<Rule[Of]>>): Violation | undefined {
    for (const rule of this.#with[hook]) {
      const complaint = (rule[hook] as (...seen: unknown[]) => Complaint)(...seen);
      if (complaint !== undefined) return new Violation(rule.name, complaint);
    }
    return undefined;
  }

  #having(hook: Hook): Rule<RuleName>[] {
    return this.#all.filter((rule) => rule[hook] !== undefined);
  }
}
