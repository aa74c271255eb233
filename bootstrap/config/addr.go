package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// isAddr reports whether addr has the form of an address to listen on: a host, which
// may be left out, and a port in digits. It asks no network whether there is such a
// host.
func isAddr(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil && (host == "" || isHost(host))
}

// isHost reports whether s is an IP address or has the form of a name. A name does not
// end in a number: what does was meant as an address.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, label := range labels {
		if len(label) == 0 || len(label) > 63 || strings.ContainsFunc(label, notInName) {
			return false
		}
	}
	return len(s) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
