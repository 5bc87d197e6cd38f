/** The service cannot run as it was asked to; the message tells its operator what to do. */
export class CannotServe extends Error {}
