package pos

import (
	"slices"
	"testing"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

// TestEveryRequirementHasACase proves that no requirement of an integration is silently
// missing.
func TestEveryRequirementHasACase(t *testing.T) {
	t.Parallel()
	for _, r := range protocol.Catalogue {
		covered := slices.ContainsFunc(Cases(), func(k Case) bool { return k.ID == r.ID })
		if covered != (r.Chapter == protocol.POS) {
			t.Errorf("%s of the chapter %s: has a case: %t", r.ID, r.Chapter, covered)
		}
	}
}

// TestCasesAreWellFormed proves that every case names a requirement and has a name of its
// own, and is judged in an act that is played.
func TestCasesAreWellFormed(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, k := range Cases() {
		name := k.ID + " " + k.Name
		if _, known := protocol.Lookup(k.ID); !known {
			t.Errorf("case %q names no requirement", name)
		}
		if names[name] {
			t.Errorf("two cases are named %q", name)
		}
		names[name] = true
		if k.Act != "" && plays[k.Act] == nil {
			t.Errorf("case %q is judged in the act %q, which nobody plays", name, k.Act)
		}
		if k.Judge == nil {
			t.Errorf("case %q does nothing", name)
		}
	}
	for _, act := range Acts() {
		if plays[act] == nil {
			t.Errorf("the act %s is not played", act)
		}
		if !slices.ContainsFunc(Cases(), func(k Case) bool { return k.Act == act }) {
			t.Errorf("nothing is judged of the act %s", act)
		}
	}
}

// TestCutMessage proves that a text of which not all was recorded is not taken for one that is
// no UTF-8.
func TestCutMessage(t *testing.T) {
	t.Parallel()
	text := decorate.NewFrame(decorate.OpText, []byte("caf\xC3")) // half a character
	for _, size := range []int{len(text.Payload), len(text.Payload) + 1} {
		all := messages(&witness.Socket{Frames: []witness.Frame{{Frame: text, Size: size}}})
		if len(all) != 1 || all[0].cut != (size > len(text.Payload)) {
			t.Errorf("of %d bytes: %+v", size, all)
		}
	}
}
