package httpapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// etagOf returns the entity tag of a version: the quoted number.
func etagOf(v ports.Version) string { return `"` + strconv.FormatInt(int64(v), 10) + `"` }

// parseIfMatch returns the versions that If-Match names, as app.Request has them:
// nil without the header. Weak tags never match, and neither do tags that no
// version has.
func parseIfMatch(lines []string) ([]ports.Version, error) {
	tags, err := parseTags("If-Match", lines)
	if tags == nil || err != nil {
		return nil, err
	}
	versions := make([]ports.Version, 0, len(tags))
	for _, t := range tags {
		switch {
		case t.any:
			versions = append(versions, app.AnyVersion)
		case t.weak:
		case t.version() > 0:
			versions = append(versions, t.version())
		}
	}
	return versions, nil
}

// anyIs reports whether one of the tags of If-None-Match is version v. Weak tags
// count here.
func anyIs(tags []tag, v ports.Version) bool {
	return slices.ContainsFunc(tags, func(t tag) bool { return t.any || t.version() == v })
}

// tag is one entity tag, or the star that stands for any.
type tag struct {
	any, weak bool
	opaque    string
}

// version returns the version that etagOf wrote; 0 for every other tag.
func (t tag) version() ports.Version {
	n, err := strconv.ParseInt(t.opaque, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != t.opaque {
		return 0
	}
	return ports.Version(n)
}

// parseTags reads a list of entity tags or a star (RFC 9110, section 13.1.1). It
// returns nil where there is no such header.
func parseTags(header string, lines []string) ([]tag, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	rest := strings.Join(lines, ",")
	if strings.Trim(rest, " \t") == "*" {
		return []tag{{any: true}}, nil
	}
	var tags []tag
	for {
		rest = strings.TrimLeft(rest, " \t,") // empty elements count for nothing
		if rest == "" {
			break
		}
		var t tag
		rest, t.weak = strings.CutPrefix(rest, "W/")
		body, quoted := strings.CutPrefix(rest, `"`)
		end := strings.IndexByte(body, '"')
		if !quoted || end < 0 || strings.ContainsFunc(body[:end], notInTag) {
			return nil, malformed(header + " is no list of quoted versions, nor *")
		}
		t.opaque, rest = body[:end], strings.TrimLeft(body[end+1:], " \t")
		tags = append(tags, t)
		if rest != "" && rest[0] != ',' {
			return nil, malformed(header + " has no comma between two versions")
		}
	}
	if tags == nil {
		return nil, malformed(header + " is empty")
	}
	return tags, nil
}

func notInTag(r rune) bool { return r <= ' ' || r == 0x7f }
