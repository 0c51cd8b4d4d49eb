package orders

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Bodies that make no order. Each mistake stands alone in a body that is
// otherwise right. Where two return codes describe a mistake equally well, both
// pass; values of a wrong JSON type are left to ORD-15.

var refusalCases = []spec.Case{
	{ID: "ORD-08", Name: "name", Needs: makes, Run: refusesBadNames},
	{ID: "ORD-08", Name: "type", Needs: makes, Run: refusesBadTypes},
	{ID: "ORD-08", Name: "location", Needs: makes, Run: refusesBadLocations},
	{ID: "ORD-08", Name: "on an active order", Needs: makes, Run: refusesBadChanges},
	{ID: "ORD-12", Needs: makes, Run: refusesMalformedJSON},
}

// mistake is a body with one mistake, and the codes that describe it.
type mistake struct {
	what  string
	body  map[string]any
	codes []protocol.ReturnCode
}

// instead is the body of a good order with one member replaced.
func instead(name, key string, value any, codes ...protocol.ReturnCode) mistake {
	body := map[string]any{"name": name, "orderType": protocol.ToGo}
	body[key] = value
	return mistake{fmt.Sprintf("%s %q", key, value), body, codes}
}

// without is the body of a good order without one member.
func without(name, key string, code protocol.ReturnCode) mistake {
	m := instead(name, key, "", code)
	m.what = "no " + key
	delete(m.body, key)
	return m
}

// wide writes a number in full-width digits, which Unicode calls digits too.
func wide(name string) string {
	return strings.Map(func(digit rune) rune { return '０' + digit - '0' }, name)
}

// nearNumbers are strings close to a number that are not digits throughout.
func nearNumbers(number string) []string {
	return []string{
		number + "a", "a" + number, " " + number, number + " ", number + "\n",
		"-" + number, "+" + number, number + ".5", number + "e1", "0x" + number, wide(number),
	}
}

func refusesBadNames(c *spec.C) {
	name := c.OrderName()
	mistakes := []mistake{
		without(name, "name", protocol.CodeNameMissing),
		instead(name, "name", "", protocol.CodeNameMissing, protocol.CodeBadName),
		instead(name, "name", "abc", protocol.CodeBadName),
	}
	for _, near := range nearNumbers(name) {
		mistakes = append(mistakes, instead(name, "name", near, protocol.CodeBadName))
	}
	expectRefused(c, name, mistakes)
}

func refusesBadTypes(c *spec.C) {
	name := c.OrderName()
	expectRefused(c, name, badTypes(name))
}

func badTypes(name string) []mistake {
	mistakes := []mistake{
		without(name, "orderType", protocol.CodeTypeMissing),
		instead(name, "orderType", "", protocol.CodeTypeMissing, protocol.CodeBadType),
	}
	for _, kind := range []string{"SIDEWAYS", "TO_GO_", "TO", "ON_PREMISESS", "12"} {
		mistakes = append(mistakes, instead(name, "orderType", kind, protocol.CodeBadType))
	}
	return mistakes
}

func refusesBadLocations(c *spec.C) {
	name := c.OrderName()
	expectRefused(c, name, badLocations(name))
}

func badLocations(name string) []mistake {
	mistakes := []mistake{instead(name, "locationName", "x", protocol.CodeBadLocation)}
	for _, near := range nearNumbers("12") {
		mistakes = append(mistakes, instead(name, "locationName", near, protocol.CodeBadLocation))
	}
	return mistakes
}

// refusesBadChanges catches a gateway that looks at what it is sent only while it
// makes an order.
func refusesBadChanges(c *spec.C) {
	order := c.Start(protocol.ToGo)
	before := active(c, order.Name)
	for _, m := range append(badTypes(order.Name), badLocations(order.Name)...) {
		m.body["name"] = order.Name
		expectRefusal(c, "POST on active order "+order.Name+" with "+m.what, c.Post(protocol.PathActiveOrders, m.body),
			match.Status(http.StatusBadRequest), m.codes)
		c.Expect(sameOrder(before, active(c, order.Name)), "order %s after a POST with %s", order.Name, m.what).
			To(match.NoFault("be as it was"))
	}
}

func expectRefused(c *spec.C, name string, mistakes []mistake) {
	watch := watchOrders(c, name)
	for _, m := range mistakes {
		posted, _ := m.body["name"].(string)
		what := "POST with " + m.what
		expectRefusal(c, what, c.Post(protocol.PathActiveOrders, m.body), match.Status(http.StatusBadRequest), m.codes)
		watch.expectNone(what, posted)
	}
}

// expectRefusal judges one answer and lets the case go on, so that a report names
// every mistake that is not refused.
func expectRefusal(c *spec.C, what string, res *client.Response, refused types.GomegaMatcher, codes []protocol.ReturnCode) {
	c.Should(res, "%s", what).To(refused)
	if ok, _ := refused.Match(res); ok {
		c.Should(res, "%s", what).To(match.ReturnCode(codes...))
	}
}

// watch sees orders that bad requests made, and clears them.
type watch struct {
	c      *spec.C
	known  []string // UUIDs that were there before
	posted []string // names that were posted
}

func watchOrders(c *spec.C, own string) *watch {
	w := &watch{c: c, known: uuids(c.ActiveOrders()), posted: []string{own}}
	c.Later(func() { remove(c, strays(listQuietly(c), w.known, w.posted)) })
	return w
}

// expectNone judges what the latest request made.
func (w *watch) expectNone(what, posted string) {
	w.posted = append(w.posted, posted)
	made := strays(w.c.ActiveOrders(), w.known, w.posted)
	var err error
	for _, o := range made {
		err = errors.Join(err, fmt.Errorf("it made order %.40q", text(o, "name")))
	}
	w.c.Should(err, "%s", what).To(match.NoFault("make no order"))
	remove(w.c, made)
	w.known = append(w.known, uuids(made)...)
}

// refusesMalformedJSON posts what no reading of JSON accepts, not even the lenient
// ones that RFC 8259 §9 permits. An empty body may also count as an object without
// members, and bytes that are not UTF-8 as a bad name.
func refusesMalformedJSON(c *spec.C) {
	name := c.OrderName()
	good := fmt.Sprintf(`{"name":"%s","orderType":"%s"}`, name, protocol.ToGo)
	bodies := []string{"{", "}", "name=" + name, "{]", good[:9], good[:len(good)/2], good[:len(good)-2], good[:len(good)-1], good[1:]}
	watch := watchOrders(c, name)
	for _, body := range bodies {
		expectMalformed(c, watch, body, protocol.CodeBadJSON)
	}
	expectMalformed(c, watch, "", protocol.CodeBadJSON, protocol.CodeNameMissing, protocol.CodeTypeMissing)
	expectMalformed(c, watch, strings.Replace(good, name, name+"\xff\xfe", 1), protocol.CodeBadJSON, protocol.CodeBadName)
}

func expectMalformed(c *spec.C, watch *watch, body string, codes ...protocol.ReturnCode) {
	what := fmt.Sprintf("POST with the body %.60q", body)
	res := c.Do(client.Request{
		Method: http.MethodPost, Path: protocol.PathActiveOrders, Token: c.Token(),
		Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body),
	})
	expectRefusal(c, what, res, match.Refusal(), codes)
	watch.expectNone(what, "")
}
