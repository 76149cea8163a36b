/** The codes with which a WebSocket is closed, beside those of graphql-ws. */
import { CloseCode } from 'graphql-ws';

/** RFC 6455, section 7.4.1. */
export const GOING_AWAY = 1001;
/** From IANA's registry of close codes. */
export const TRY_AGAIN_LATER = 1013;
/** The protocol's code for a client that keeps the server waiting. */
export const CLIENT_IDLE = CloseCode.ConnectionInitialisationTimeout;
