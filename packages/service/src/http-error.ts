import type { WireError } from "@clipcourier/core/wire";

/** An error that becomes a response with its status and message; the client sees the message. */
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

/** The documented response to an error. */
export function answerError(error: HttpError): Response {
  return Response.json(errorBody(error.status, error.message), {
    status: error.status,
    headers: error.headers,
  });
}
