# Values for checks of this folder, which have neither packages nor an account: as much
# as can be made.
packages     = "tests/packages"
verify       = true
canary       = true
alarm_emails = ["operator@example.com"]
jwt          = { issuer = "https://issuer.example", audience = ["evercart"] }
cors         = { allow_origins = ["https://shop.example"] }
archive      = { lock_days = 30 }
