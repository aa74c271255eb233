package config

import (
	"net"
	"net/netip"
	"strings"
)

// isToken reports whether an operator's token is long enough not to be guessed, and
// fits a header.
func isToken(s string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
	return len(s) >= 16 && len(s) <= 512 && strings.Trim(s, letters) == ""
}

// ServesOperator reports whether the operator's page and routes are served: with a
// token, or where only this machine can ask and nobody is told apart by tokens.
func (c *Config) ServesOperator() bool {
	return c.OperatorToken != "" || (c.OIDCIssuer == "" && isLoopback(c.Addr))
}

// isLoopback reports whether only this machine reaches an address to listen on.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}
