import type { Answer } from "./answer.ts";
import { page } from "./page.ts";

const common = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

/** The answer as a page for a browser, as JSON for everybody else. */
export function respond(request: Request, answer: Answer): Response {
  const { status, message, stock, ticket } = answer;
  const headers = { ...common, vary: "accept", ...answer.headers };
  if (wantsPage(request)) {
    return new Response(page(answer), {
      status,
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  }
  return Response.json({ ...(message && { message }), ticket, ...stock }, { status, headers });
}

/** Whether a browser asks, rather than a program. */
export function wantsPage(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}
