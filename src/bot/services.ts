/** Everything a command may use. The composition root builds it; tests hand over what they need. */
export type Services = object;
