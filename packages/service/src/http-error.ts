import type { WireError } from "@clipcourier/core/wire";

/** An error that is answered with its status and its message; the message is for the client. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.headers = headers;
  }
}

/** The documented body of an error. */
export function errorBody(status: number, message: string): WireError {
  return { error: { message }, status };
}

/** The documented answer to an error. */
export function answerError(error: HttpError): Response {
  return Response.json(errorBody(error.status, error.message), {
    status: error.status,
    headers: error.headers,
  });
}
