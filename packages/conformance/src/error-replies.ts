export const TRYAGAIN = "TRYAGAIN Multiple keys request during rehashing of slot";

/** What somebody has to mend first. */
export const permanent: readonly string[] = [
  "NOPERM this user has no permissions to access one of the keys used as arguments",
  "NOAUTH Authentication required.",
  "WRONGPASS invalid username-password pair or user is disabled.",
  "WRONGTYPE Operation against a key holding the wrong kind of value",
  "CROSSSLOT Keys in request don't hash to the same slot",
  "ERR unknown command 'EVAL', with args beginning with: 'what is secret' ",
  "ERR Unknown Redis command called from script script: dfdca986, on @user_script:1.",
  "ERR The user executing the script can't run this command or subcommand script: 756928dd, on @user_script:1.",
  "ERR ACL failure in script: User app has no permissions to run the 'set' command",
  "ERR the fence is no number below 2^53-1",
];

/** What ends by itself. */
export const passing: readonly string[] = [
  "READONLY You can't write against a read only replica.",
  "LOADING Redis is loading the dataset in memory",
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
  "CLUSTERDOWN The cluster is down",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  TRYAGAIN,
  "NOREPLICAS Not enough good replicas to write.",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
];
