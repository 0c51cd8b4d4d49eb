package protocol

import (
	"slices"
	"strings"
)

// Level tells how much a requirement weighs (RFC 2119).
type Level string

// The levels. A failed Should is a warning, and a failure in a strict run;
// Info is reported and never fails.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	Info   Level = "INFO"
)

// Profile is the part of the contract that a requirement belongs to.
type Profile string

// The profiles.
const (
	Quickstart Profile = "quickstart" // what every integrator relies on
	Reference  Profile = "reference"  // the rest of the documented API
	Robustness Profile = "robustness" // hostile or odd input
)

// Chapter is a section of the catalogue, and a folder of suites/.
type Chapter string

// The chapters, in the order of the catalogue.
const (
	Discovery     Chapter = "discovery"
	Online        Chapter = "online"
	Tokens        Chapter = "token"
	Authorization Chapter = "authorization"
	WebSocket     Chapter = "websocket"
	Events        Chapter = "events"
	Orders        Chapter = "orders"
	History       Chapter = "history"
	Management    Chapter = "management"
	Resilience    Chapter = "robustness"
	POS           Chapter = "pos"
)

// Requirement is one thing that a gateway, or a POS integration, owes.
type Requirement struct {
	// ID is permanent: never renumbered, never used again for another thing.
	ID      string
	Chapter Chapter
	Level   Level
	Profile Profile
	// Since is the version of ttcheck that first held the requirement.
	Since string
	// Sentence completes "a conforming gateway …" (or "a conforming POS …").
	Sentence string
	// Source names where the requirement comes from: Q, R, C or RFC sections, or
	// good sense where no document speaks.
	Source string
	// Advice is one line for who fails it: where to look first.
	Advice string
}

// Catalogue holds every requirement, in the order of chapters and IDs.
var Catalogue = slices.Concat(
	discoveryRequirements, onlineRequirements, tokenRequirements, authorizationRequirements,
	webSocketRequirements, eventRequirements, orderRequirements, historyRequirements,
	managementRequirements, resilienceRequirements, posRequirements,
)

// Lookup finds a requirement by its ID, in any case of letters.
func Lookup(id string) (Requirement, bool) {
	i := slices.IndexFunc(Catalogue, func(r Requirement) bool { return strings.EqualFold(r.ID, id) })
	if i < 0 {
		return Requirement{}, false
	}
	return Catalogue[i], true
}

// Chapters lists the chapters in the order of the catalogue.
func Chapters() []Chapter {
	var chapters []Chapter
	for _, r := range Catalogue {
		if !slices.Contains(chapters, r.Chapter) {
			chapters = append(chapters, r.Chapter)
		}
	}
	return chapters
}

// InProfile tells whether a requirement is selected by the name of a profile:
// quickstart alone, reference (quickstart and reference), or full (all three).
func (r Requirement) InProfile(selected string) bool {
	switch selected {
	case "quickstart":
		return r.Profile == Quickstart
	case "reference":
		return r.Profile != Robustness
	case "full":
		return true
	}
	return false
}
