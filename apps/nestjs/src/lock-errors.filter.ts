import { type ArgumentsHost, Catch, HttpException, HttpStatus } from "@nestjs/common";
import { BaseExceptionFilter } from "@nestjs/core";
import { RedsyncError, type RedsyncErrorCode } from "@redsync/core";

const statuses: Partial<Record<RedsyncErrorCode, HttpStatus>> = {
  REDSYNC_LOCK_TAKEN: HttpStatus.CONFLICT,
  REDSYNC_LOCK_FAILED: HttpStatus.SERVICE_UNAVAILABLE,
  REDSYNC_EXTEND_FAILED: HttpStatus.SERVICE_UNAVAILABLE,
  REDSYNC_CLOSED: HttpStatus.SERVICE_UNAVAILABLE,
};

/** Answers with the statuses of docs/errors.md, and the code. What the nodes said is nobody else's business. */
@Catch(RedsyncError)
export class LockErrorsFilter extends BaseExceptionFilter {
  override catch(error: RedsyncError, host: ArgumentsHost): void {
    const status = statuses[error.code] ?? HttpStatus.INTERNAL_SERVER_ERROR;
    if (status >= HttpStatus.INTERNAL_SERVER_ERROR) console.error(error.message);
    super.catch(new HttpException({ statusCode: status, code: error.code }, status), host);
  }
}
