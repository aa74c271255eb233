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
	century, year, month, day := twoDigits(text, 0), twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8)
	hour, minute, second := twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)
	m1, m2, m3 := twoDigits(text, 20), twoDigits(text, 22), twoDigits(text, 24)
	if century|year|month|day|hour|minute|second|m1|m2|m3 < 0 {
		return time.Time{}, false
	}
	year += 100 * century
	if month < 1 || month > 12 || day < 1 || day > daysIn(month, year) || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	seconds := ((daysSince1970(year, month, day)*24+hour)*60+minute)*60 + second
	return time.Unix(seconds, ((m1*100+m2)*100+m3)*1000).UTC(), true
}

// twoDigits reads the two decimal digits at text[i]; less than 0 where there is
// anything else.
func twoDigits(text string, i int) int64 {
	a, b := text[i]-'0', text[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int64(a)*10 + int64(b)
}

// daysSince1970 counts the days of the Gregorian calendar from 1970-01-01 to a day
// of the years 0 to 9999. It counts years from March, so that a leap day is a
// year's last; a cycle of 400 years has 146 097 days.
func daysSince1970(year, month, day int64) int64 {
	const before1970 = 719468 + 146097 // from March of the year -400
	year += 400
	if month < 3 {
		year--
		month += 12
	}
	days := 365*year + year/4 - year/100 + year/400
	return days + (153*(month-3)+2)/5 + day - 1 - before1970
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
