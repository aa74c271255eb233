package applied

import (
	"regexp"
	"strings"
	"unicode"
)

// alarms checks that each alarm tells somebody, and leads to a section of the
// runbook that is there.
func (c *check) alarms(runbook string) {
	sections := map[string]bool{}
	for line := range strings.Lines(runbook) {
		if heading, ok := strings.CutPrefix(strings.TrimSpace(line), "### "); ok {
			sections[anchor(heading)] = true
		}
	}
	alarms := c.resources["aws_cloudwatch_metric_alarm"]
	if len(alarms) == 0 {
		c.fault("deployment", "has no alarms")
	}
	link := regexp.MustCompile(`#([\w-]+)`)
	for _, a := range alarms {
		what := "alarm " + a.text("alarm_name")
		switch found := link.FindStringSubmatch(a.text("alarm_description")); {
		case found == nil:
			c.fault(what, "names no section of the runbook")
		case !sections[found[1]]:
			c.fault(what, "names section %q of the runbook, which is not there", found[1])
		}
		if len(a.texts("alarm_actions")) == 0 {
			c.fault(what, "tells nobody")
		}
	}
}

// anchor returns the anchor that a heading of Markdown gets.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, heading)
}
