package dynamostore

import "time"

// Lasting returns the same leases, lasting as long as it says unless renewed.
func (l *Leases) Lasting(d time.Duration) *Leases {
	return &Leases{client: l.client, table: l.table, now: l.now, lasts: d}
}

// Ended reports whether nobody renews the lease any more.
func (l *lease) Ended() bool {
	select {
	case <-l.renewed:
		return true
	default:
		return false
	}
}
