package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"

	"ttcheck/client/mdns"
	"ttcheck/internal/link"
)

// Beyond these many characters a column of the table is cut.
const (
	maxAddressColumn = 60
	maxTXTColumn     = 60
)

// sighting is a gateway as `discover --json` prints it.
type sighting struct {
	Instance    string       `json:"instance"`
	Host        string       `json:"host"`
	Addresses   []netip.Addr `json:"addresses"`
	Port        uint16       `json:"port"`
	TXT         []string     `json:"txt"`
	Interface   string       `json:"interface"`
	Answers     bool         `json:"answers"`
	RoundTripMs *float64     `json:"roundTripMs"` // null if it does not answer
	Error       string       `json:"error"`       // why it does not
	Remarks     []string     `json:"remarks"`
}

// sight joins what is advertised and whether it is true.
func sight(v mdns.Service, found verdict) sighting {
	s := sighting{
		Instance: v.Instance, Host: strings.TrimSuffix(v.Host, "."), Addresses: append([]netip.Addr{}, v.Addresses...),
		Port: v.Port, TXT: append([]string{}, v.TXT...), Interface: v.Link,
		Answers: found.answers, Error: found.reason, Remarks: append([]string{}, v.Remarks...),
	}
	if found.answers {
		ms := math.Round(found.took.Seconds()*1e6) / 1e3
		s.RoundTripMs = &ms
	}
	return s
}

// answer says whether it answers.
func (s sighting) answer() string {
	switch {
	case s.Answers:
		return fmt.Sprintf("answers in %.1f ms", *s.RoundTripMs)
	case s.Host == "" || s.Port == 0 || len(s.Addresses) == 0:
		return s.Error
	}
	return "NO ANSWER: " + s.Error
}

func (s sighting) addresses() string {
	var all []string
	for _, ip := range s.Addresses {
		all = append(all, ip.String())
	}
	return orDash(shorten(strings.Join(all, ", "), maxAddressColumn))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// print prints what was found. A search that failed is not summed up.
func (s search) print(all []sighting, whole bool) error {
	out := s.cmd.OutOrStdout()
	if s.asJSON {
		names := []string{}
		for _, l := range s.links {
			names = append(names, l.Name())
		}
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(struct {
			Interfaces []string   `json:"interfaces"`
			Gateways   []sighting `json:"gateways"`
		}{names, append([]sighting{}, all...)})
	}
	if len(all) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "INSTANCE\tHOST\tADDRESSES\tPORT\tINTERFACE\tGET /api/v2\tTXT")
	for _, g := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", orDash(g.Instance), orDash(g.Host), g.addresses(), g.Port, g.Interface,
			g.answer(), orDash(shorten(strings.Join(g.TXT, " "), maxTXTColumn)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, g := range all {
		for _, remark := range g.Remarks {
			fmt.Fprintf(out, "%s: %s\n", orDash(g.Instance), remark)
		}
	}
	if !whole {
		return nil
	}
	_, err := fmt.Fprintf(out, "\n%s\n", s.sum(all))
	return err
}

// sum is the last line, such as "2 gateways on eth0".
func (s search) sum(all []sighting) string {
	text := fmt.Sprintf("%d gateways on %s", len(all), link.Names(s.links))
	if len(all) == 1 {
		text = "1 gateway on " + link.Names(s.links)
	}
	silent := 0
	for _, g := range all {
		if !g.Answers {
			silent++
		}
	}
	switch {
	case silent == 1 && len(all) == 1:
		text += ", which does not answer"
	case silent == 1:
		text += ", one of which does not answer"
	case silent > 1:
		text += fmt.Sprintf(", %d of which do not answer", silent)
	}
	return text
}

// event is a line of `discover --watch --json`.
type event struct {
	At      time.Time `json:"at"`
	Event   string    `json:"event"`   // appeared, changed, left
	Changed []string  `json:"changed"` // what, if it changed
	Reason  string    `json:"reason"`  // goodbye or expired, if it left
	Gateway sighting  `json:"gateway"`
}

// String is the same as people read it.
func (e event) String() string {
	g := e.Gateway
	at, where := e.At.Local().Format(time.TimeOnly), fmt.Sprintf("%s on %s", orDash(g.Instance), g.Interface)
	if e.Event == string(mdns.Left) {
		return fmt.Sprintf("%s - left (%s): %s", at, e.Reason, where)
	}
	mark := "+ appeared"
	if e.Event == string(mdns.Changed) {
		mark = fmt.Sprintf("* changed (%s)", strings.Join(e.Changed, ", "))
	}
	details := []string{where}
	if g.Host != "" {
		details = append(details, "host "+g.Host, "address "+g.addresses(), fmt.Sprintf("port %d", g.Port))
	}
	if len(g.TXT) > 0 {
		details = append(details, "TXT "+shorten(strings.Join(g.TXT, " "), maxTXTColumn))
	}
	return fmt.Sprintf("%s %s: %s", at, mark, strings.Join(append(details, g.answer()), ", "))
}
