package envelope

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzParseTime compares parseTime with the standard library: they agree on every
// text that is exactly as TimeLayout writes it.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"2026-02-28T23:59:59.999999Z", "2024-02-29T00:00:00.000000Z", "2023-02-29T00:00:00.000000Z", "1900-02-29T00:00:00.000000Z",
		"2000-02-29T00:00:00.000000Z", "2026-04-31T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z", "2026-00-01T00:00:00.000000Z",
		"2026-01-00T00:00:00.000000Z", "2026-01-32T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01T00:60:00.000000Z",
		"2026-01-01T00:00:60.000000Z", "2026-01-01T00:00:00,000000Z", "2026-01-01T00:00:00.00000Z", "2026-01-01T00:00:00.0000000Z",
		"2026-01-01 00:00:00.000000Z", "2026-01-01t00:00:00.000000z", "2026-01-01T00:00:00.000000+", "0000-01-01T00:00:00.000000Z",
		"0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "-001-01-01T00:00:00.000000Z", "2026-+1-01T00:00:00.000000Z", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := time.Parse(TimeLayout, text)
		exact := err == nil && want.Format(TimeLayout) == text
		got, ok := parseTime(text)
		assert.Equal(t, exact, ok, text)
		if ok {
			assert.Equal(t, want, got)
			assert.True(t, writableTime(got))
			assert.Equal(t, text, string(appendTime(nil, got)))
		}
	})
}

func TestAppendTimeWritesUTC(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CEST", 2*60*60)
	assert.Equal(t, "2025-12-31T23:30:00.000001Z", string(appendTime(nil, time.Date(2026, 1, 1, 1, 30, 0, 1000, berlin))))
}

func TestWritableTime(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 60*60)
	for name, c := range map[string]struct {
		at   time.Time
		want bool
	}{
		"whole microseconds":              {time.Date(2026, 1, 1, 0, 0, 0, 1_000, time.UTC), true},
		"a part of a microsecond":         {time.Date(2026, 1, 1, 0, 0, 0, 1_001, time.UTC), false},
		"the last instant of four digits": {time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), true},
		"a year of five digits":           {time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), false},
		"five digits, but not in UTC":     {time.Date(10000, 1, 1, 0, 30, 0, 0, east), true},
		"a year before 0":                 {time.Date(-1, 12, 31, 23, 59, 59, 0, time.UTC), false},
	} {
		assert.Equal(t, c.want, writableTime(c.at), name)
	}
}

func TestDaysSince1970OfEveryDay(t *testing.T) {
	t.Parallel()
	const day = 24 * 60 * 60
	last := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix() / day
	for want := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / day; want <= last; want++ {
		year, month, date := time.Unix(want*day, 0).UTC().Date()
		if got := daysSince1970(int64(year), int64(month), int64(date)); got != want {
			require.Equal(t, want, got, "%d-%d-%d", year, month, date)
		}
	}
}
