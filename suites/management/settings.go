package management

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The settings of the device: reading them.

var settingsCases = []spec.Case{
	{ID: "MGMT-02", Needs: reads, Run: answersSettings},
	{ID: "MGMT-03", Name: "unknown", Needs: changes, Run: refusesUnknownSettings},
	{ID: "MGMT-03", Name: "invalid", Needs: changes, Run: refusesInvalidSettings},
}

// settingKeys are the settings that are documented.
var settingKeys = []string{"zigbeePreset", "targetTimeDefault", "timezone"}

func answersSettings(c *spec.C) {
	res := c.Get(protocol.PathSettings)
	c.Expect(res, "GET %s", protocol.PathSettings).To(match.Success())
	c.Expect(res, "the answer to GET %s", protocol.PathSettings).To(match.ReturnCode(protocol.CodeSettings))
	found := settingsOf(res)
	for _, key := range settingKeys {
		var err error
		if found[key] == nil {
			err = &protocol.FieldError{Key: key, Problem: protocol.Missing, Want: "any value"}
		}
		c.Should(err, "the answer to GET %s", protocol.PathSettings).ProvedBy(res.Exchange).
			To(match.NoFault("show the setting " + key))
	}
}

// settings are the documented ones that the gateway shows, as compact JSON.
type settings map[string]json.RawMessage

// settingsOf finds them wherever they stand in an answer: under which key is not
// documented.
func settingsOf(res *client.Response) settings {
	found := settings{}
	if o, err := res.Object(); err == nil {
		found.search(o)
	}
	return found
}

// search takes what stands further out over what stands further in. The object was
// bounded in depth when it was parsed.
func (s settings) search(o protocol.Object) {
	for _, key := range settingKeys {
		var compact bytes.Buffer
		if raw, ok := o[key]; ok && s[key] == nil && json.Compact(&compact, raw) == nil {
			s[key] = compact.Bytes()
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if inner, err := o.Object(key); err == nil {
			s.search(inner)
		}
	}
}

// mustShow returns the settings as they are. Without them there is no telling
// whether anything changed.
func mustShow(c *spec.C) settings {
	found, res := show(c)
	if res.Status/100 != 2 || len(found) == 0 {
		c.Unsupported("the gateway does not show its settings (see MGMT-02): %s", res)
	}
	return found
}

// changed tells in what the settings differ from what they were.
func (s settings) changed(now settings) error {
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if !bytes.Equal(s[key], now[key]) {
			return fmt.Errorf("%s is %.60q now, and was %.60q", key, now[key], s[key])
		}
	}
	return nil
}

// putBack sets those that differ from now to what they were.
func (s settings) putBack(c *spec.C, now settings) {
	were := settings{}
	for key, value := range s {
		if !bytes.Equal(value, now[key]) {
			were[key] = value
		}
	}
	if res := c.Post(protocol.PathSettings, were); res.Status/100 != 2 {
		c.Note("the settings could not be put back: %s", res)
	}
}
