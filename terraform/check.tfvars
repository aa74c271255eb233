# Values for checks of this folder, which have neither packages nor an account.
packages = "tests/packages"
