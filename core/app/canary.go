package app

// CanarySubject is who opens, fills and closes the carts by which an installation
// proves itself alive, and the owner of these carts. It is nobody's: issuers are
// URLs. What it does has no outward effect.
const CanarySubject = "evercart|canary"
