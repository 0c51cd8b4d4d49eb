package orders

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"

	"ttcheck/client"
	"ttcheck/protocol"
)

// What is odd. An order that is made of it can be told from those of others, by its
// name, and nothing names the orders of others, or all.

// oddStrings are JSON strings that hold a good value, or something like it.
func oddStrings(good string) []string {
	texts := []string{
		strings.Repeat(good, 10_000/len(good)), // longer than any number of a tracker
		good + " ", good + "\u00a0", "\ufeff" + good, good + "\u202e", good + "\u0000", good + "\r\nX: y", good + "\x1b[2J",
		good + "é", good + "日本", good + "🍕", good + strings.Repeat("\u0301", 500),
		good + "'; DROP TABLE orders; --", good + "\" OR \"\"=\"", good + "%s%n%x", good + "${jndi:ldap://127.0.0.1:9/x}", good + "{{7*7}}",
		good + "<script>", "../" + good, good + "/../../", good + "\\",
	}
	if protocol.IsDigits(good) {
		texts = append(texts, wide(good), "-"+good, good+".0", good+"e999", "0x"+good)
	}
	values := make([]string, len(texts))
	for i, text := range texts {
		encoded, _ := json.Marshal(text)
		values[i] = string(encoded)
	}
	return append(values, `"`+good+`\ud800"`) // half of a pair (RFC 8259 §8.2)
}

// oddValues are of the wrong type, and numbers that fit no machine.
func oddValues(name string) []string {
	return []string{
		"null", "true", "false", "0", name, "-" + name, name + ".5", "1e999", "-1e999", "1e-999", strings.Repeat("9", 5_000),
		"[]", "{}", `["` + name + `"]`, `{"name":"` + name + `"}`, "[[[]]]", strings.Repeat("[", 500) + strings.Repeat("]", 500),
	}
}

// bodyWith is the body of a good order with one member replaced.
func bodyWith(name, key, value string) string {
	members := []string{}
	for _, m := range [][2]string{{"name", `"` + name + `"`}, {"orderType", `"TO_GO"`}, {"locationName", `"12"`}} {
		if m[0] == key {
			m[1] = value
		}
		members = append(members, `"`+m[0]+`":`+m[1])
	}
	return "{" + strings.Join(members, ",") + "}"
}

// oddBodies are whole bodies: not JSON, not an object, too deep, or too large.
func oddBodies(name string) []odd {
	good := bodyWith(name, "", "")
	more := func(member string) string { return good[:len(good)-1] + "," + member + "}" }
	const deep = 2_000
	nested := strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep)
	return []odd{
		posts("no body", labelJSON, ""), posts("white space", labelJSON, " \r\n\t "), posts("half a body", labelJSON, good[:len(good)/2]),
		posts("null", labelJSON, "null"), posts("a number", labelJSON, name), posts("a text", labelJSON, `"`+name+`"`),
		posts("a list", labelJSON, "["+good+"]"), posts("two objects", labelJSON, good+good), posts("single quotes", labelJSON, strings.ReplaceAll(good, `"`, "'")),
		posts("a NaN", labelJSON, more(`"x":NaN`)), posts("a comment", labelJSON, good+"// all"), posts("a trailing comma", labelJSON, good[:len(good)-1]+",}"),
		posts("a NUL behind", labelJSON, good+"\x00"), posts("NULs alone", labelJSON, strings.Repeat("\x00", 64)), posts("no UTF-8", labelJSON, "\xff\xfe\xfd"),
		posts("UTF-16", labelJSON, utf16(good)), posts("a byte order mark", labelJSON, "\ufeff"+good),
		posts("a name twice", labelJSON, more(`"name":"`+name+`"`)), posts("a type twice", labelJSON, more(`"orderType":"ON_PREMISE"`)),
		posts("a name twice, once as a list", labelJSON, more(`"name":[]`)), posts("an unknown member", labelJSON, more(`"__proto__":{"admin":true}`)),
		posts("a member without name", labelJSON, more(`"":""`)), posts("1,000 members more", labelJSON, more(strings.TrimSuffix(strings.Repeat(`"x":1,`, 1_000), ","))),
		posts("2,000 lists in each other", labelJSON, strings.Repeat("[", deep)+strings.Repeat("]", deep)),
		posts("2,000 lists that do not end", labelJSON, strings.Repeat("[", deep)),
		posts("2,000 objects in each other", labelJSON, nested), posts("a member as deep", labelJSON, more(`"x":`+nested)),
		posts("1 MiB of white space", labelJSON, good+strings.Repeat(" ", large)),
		posts("1 MiB in a member", labelJSON, more(`"note":"`+strings.Repeat("x", large)+`"`)),
	}
}

func utf16(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }

// oddLabels are content types beside a good body.
func oddLabels(name string) []odd {
	good := bodyWith(name, "", "")
	labels := []string{
		"text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=",
		"application/json; charset=utf-16", "application/json; charset=no-such", `application/json; charset="`, "application/json;;;", "APPLICATION/JSON",
		"application/octet-stream", "json", "/", ";", "*/*", "application/" + strings.Repeat("x", 2_000), "application/json; é=1",
	}
	all := []odd{posts("no content type", "", good), posts("no content type and no body", "", ""), posts("a form", "application/x-www-form-urlencoded", "name="+name+"&orderType=%zz&=&&")}
	for _, label := range labels {
		all = append(all, posts(fmt.Sprintf("the content type %.40q", label), label, good))
	}
	return all
}

// oddPaths name an order oddly, to read, clear and page it. All of them hold the name
// of no order, so that whoever cuts one short still names no order of somebody else;
// those that a query could take for a pattern are tried only with leave to lose
// orders.
func oddPaths(name string, patterns bool) []odd {
	ids := []string{
		strings.Repeat(name, 500), "-" + name, "+" + name, name + ".0", name + "e999", name + "é", name + "🍕", wide(name), name + "\x00", name + "\xff",
		name + "\r\nX: y", name + " ", name + "\\", name + "/" + name, name + ";a=b", name + "'", name + `"`, name + "%", name + "%00", name + "?x", name + "#x",
		name + "-0000-0000-0000-000000000000", "{" + name + "}", name + strings.Repeat("\u0301", 200), "${" + name + "}",
	}
	if patterns {
		ids = append(ids, name+"' OR '1'='1", name+`" OR "1"="1`, name+"_%", name+"*", name+"; DROP TABLE orders")
	}
	var all []odd
	for _, id := range ids {
		for _, req := range []client.Request{
			{Path: protocol.PathOrder(id)},
			{Method: http.MethodDelete, Path: protocol.PathOrder(id)},
			{Method: http.MethodPost, Path: protocol.PathPage(id), JSON: map[string]any{"tracking": true}},
		} {
			method := req.Method
			if method == "" {
				method = http.MethodGet
			}
			all = append(all, odd{fmt.Sprintf("%s on the id %.40q", method, id), req})
		}
	}
	for _, body := range []string{"", "null", "[]", "{", `{"tracking":"yes"}`, `{"tracking":1e999}`, strings.Repeat("[", 2_000)} {
		all = append(all, odd{fmt.Sprintf("a page with the body %.20q", body), client.Request{
			Method: http.MethodPost, Path: protocol.PathPage(name), Header: http.Header{"Content-Type": {labelJSON}}, Body: []byte(body),
		}})
	}
	return all
}

// hungUp tells whether the gateway ended a connection before it had answered.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
