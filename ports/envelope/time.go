package envelope

import "time"

// TimeLayout is how the stored form and the wire form write instants: UTC,
// microseconds, always six fraction digits.
const TimeLayout = "2006-01-02T15:04:05.000000Z"

// writableTime reports whether TimeLayout holds t whole.
func writableTime(t time.Time) bool {
	year := t.UTC().Year()
	return t.Nanosecond()%1000 == 0 && year >= 0 && year <= 9999
}

// appendTime appends t, which is writable, as TimeLayout says.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = append(appendDigits(dst, int64(year), 4), '-')
	dst = append(appendDigits(dst, int64(month), 2), '-')
	dst = append(appendDigits(dst, int64(day), 2), 'T')
	dst = append(appendDigits(dst, int64(hour), 2), ':')
	dst = append(appendDigits(dst, int64(minute), 2), ':')
	dst = append(appendDigits(dst, int64(second), 2), '.')
	return append(appendDigits(dst, int64(t.Nanosecond()/1000), 6), 'Z')
}

// parseTime reads what appendTime writes, and nothing else.
func parseTime(text string) (time.Time, bool) {
	if len(text) != len(TimeLayout) || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
		text[13] != ':' || text[16] != ':' || text[19] != '.' || text[26] != 'Z' {
		return time.Time{}, false
	}
	year, month, day := parseDigits(text[:4]), parseDigits(text[5:7]), parseDigits(text[8:10])
	hour, minute, second := parseDigits(text[11:13]), parseDigits(text[14:16]), parseDigits(text[17:19])
	micro := parseDigits(text[20:26])
	switch {
	case year < 0, month < 1, month > 12, day < 1, day > daysIn(month, year):
		return time.Time{}, false
	case hour < 0, hour > 23, minute < 0, minute > 59, second < 0, second > 59, micro < 0:
		return time.Time{}, false
	}
	return time.Date(int(year), time.Month(month), int(day), int(hour), int(minute), int(second), int(micro)*1000, time.UTC), true
}

func daysIn(month, year int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}
