package report

import (
	"strconv"
	"strings"
	"time"

	"ttcheck/protocol"
)

// fact is one line of a report's head.
type fact struct{ label, value string }

// facts lists what was tested and how, in the order in which every report shows
// it. What does not apply is left out.
func (h Head) facts() []fact {
	var facts []fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, inline(value)})
		}
	}
	if h.Integration != nil {
		h.integrationFacts(add)
		return facts
	}
	target := h.Target
	if h.Embedded {
		target += " (the embedded reference gateway)"
	}
	add("target", target)
	add("profile", h.profile())
	chapters := make([]string, 0, len(h.Chapters))
	for _, c := range h.Chapters {
		chapters = append(chapters, string(c))
	}
	add("chapters", strings.Join(chapters, ", "))
	add("filter", h.LabelFilter)
	permissions := "none given: what changes state is skipped"
	if len(h.Allowed) > 0 {
		permissions = strings.Join(h.Allowed, ", ")
	}
	if h.OrderNames != "" {
		permissions += "; order names " + h.OrderNames
	}
	add("permissions", permissions)
	add("button", h.Press)
	add("interface", h.Interface)
	add("timing", h.timing())
	add("grace", span(h.Grace))
	add("speed", h.speed())
	return facts
}

// integrationFacts adds what is to be known of a run that judged an integration. There the
// gateway is ttcheck's own, and needs neither a button nor leave for anything.
func (h Head) integrationFacts(add func(label, value string)) {
	i := *h.Integration
	add("integration", i.Name)
	add("version", i.Version)
	add("driven", i.driven())
	if h.Target != "" {
		add("gateway", h.Target+" (played by ttcheck)")
	}
	add("profile", h.profile())
	add("filter", h.LabelFilter)
	add("acts", strings.Join(i.Acts, ", "))
	discovery := "off: the integration is told the address"
	if i.Discovery != "" {
		discovery = "by multicast DNS on " + i.Discovery
	}
	add("discovery", discovery)
	add("speed", h.speed())
	if i.Patience > 0 {
		add("patience", span(i.Patience)+" where the protocol sets no time")
	}
	if h.Timing != (protocol.Timing{}) {
		add("timing", h.timing())
	}
	if h.Grace > 0 {
		add("grace", span(h.Grace))
	}
}

// driven says how the integration was started and stopped.
func (i Integration) driven() string {
	switch i.Driven {
	case "command":
		return "by a command"
	case "embedded":
		return "embedded in ttcheck"
	}
	return i.Driven
}

func (h Head) profile() string {
	if h.Strict {
		return h.Profile + ", strict: a SHOULD that does not hold fails"
	}
	return h.Profile
}

func (h Head) timing() string {
	return "token window " + span(h.Timing.TokenWindow) +
		", WebSocket token " + span(h.Timing.TokenDeadline) +
		", history " + span(h.Timing.Retention)
}

// speed tells how the gateway's clock runs. Zero is an unset field: true speed.
func (h Head) speed() string {
	if h.Speedup == 0 || h.Speedup == 1 {
		return "true"
	}
	return strconv.FormatFloat(h.Speedup, 'g', 6, 64) + " times true speed"
}

// suite names the program with its version.
func (h Head) suite() string { return strings.TrimSpace("ttcheck " + inline(h.SuiteVersion)) }

// started is when the run began, or empty.
func (h Head) started() string {
	if h.Started.IsZero() {
		return ""
	}
	return h.Started.Format(time.RFC3339)
}
