package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds the file of a plan, in bytes.
const maxFile = 64 << 10

// self is a field that takes text as it is; Validate judges it.
func self(key string, of func(*Plan) *string) field[Plan] {
	return one(key, of, func(text string) (string, error) { return text, nil })
}

var planFields = []field[Plan]{
	one("sockets", func(p *Plan) *int { return &p.Sockets }, parseWhole),
	one("ramp", func(p *Plan) *Span { return &p.Ramp }, ParseSpan),
	one("duration", func(p *Plan) *Span { return &p.Duration }, ParseSpan),
	one("rate", func(p *Plan) *float64 { return &p.Rate }, ParseRate),
	{key: "stages", tree: readStages},
	{
		key: "mix", tree: readMix,
		set: one("mix", func(p *Plan) *Mix { return &p.Mix }, ParseMix).set,
	},
	one("history_rate", func(p *Plan) *float64 { return &p.HistoryRate }, ParseRate),
	self("auth", func(p *Plan) *string { return &p.Auth }),
	one("churn", func(p *Plan) *float64 { return &p.Churn }, ParseRate),
	self("arrivals", func(p *Plan) *string { return &p.Arrivals }),
	one("seed", func(p *Plan) *uint64 { return &p.Seed }, parseSeed),
	self("order_names", func(p *Plan) *string { return &p.Names }),
}

// Read reads a plan from YAML, or from the JSON of a report. What is not given has its
// value in Default, but for sockets, ramp, duration and rate beside stages, which exclude
// them. An error is one line, and names the line and the key. The plan is not yet validated.
func Read(r io.Reader) (Plan, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return Plan{}, fmt.Errorf("read the plan: %w", err)
	case len(text) > maxFile:
		return Plan{}, fmt.Errorf("the plan is longer than %d KiB", maxFile>>10)
	}
	var doc, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) || (err == nil && doc.Kind == 0) {
		return Default(), nil // an empty file
	} else if err != nil {
		return Plan{}, syntax(err)
	}
	if err := decoder.Decode(&second); err == nil {
		return Plan{}, fmt.Errorf("line %d: a second document begins: give one plan", second.Line)
	} else if !errors.Is(err, io.EOF) {
		return Plan{}, syntax(err)
	}
	p := Default()
	given, err := fill(doc.Content[0], &p, planFields)
	if err != nil {
		return Plan{}, err
	}
	if !slices.Contains(given, "stages") {
		return p, nil
	}
	for _, key := range []string{"sockets", "ramp", "duration", "rate"} {
		if slices.Contains(given, key) {
			return Plan{}, fmt.Errorf("stages exclude the key %s: say in a stage what it is to be", key)
		}
	}
	return p.WithStages(p.Stages...), nil
}

// syntax makes one plain line of what the parser says.
func syntax(err error) error {
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	return fmt.Errorf("no YAML: %s", text)
}

// lineError is what is wrong in a line; path are the keys that lead there, such as
// "stages: rate: ".
type lineError struct {
	line int
	path string
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s%v", e.line, e.path, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// at says under which key an error is, and in which line unless that is known better.
func at(line int, key string, err error) error {
	e := &lineError{line: line, err: err}
	if inner, ok := errors.AsType[*lineError](err); ok {
		e = inner
	}
	e.path = key + ": " + e.path
	return e
}

// fill reads a mapping into what has the given fields, and tells the keys in it. Aliases
// are followed no deeper than the fields go, so none can grow beyond them.
func fill[T any](n *yaml.Node, into *T, fields []field[T]) (given []string, err error) {
	if n = solid(n); n.Kind != yaml.MappingNode {
		return nil, &lineError{line: n.Line, err: fmt.Errorf("takes keys with values, such as %s", fields[0].key)}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := solid(n.Content[i]).Value, n.Content[i+1]
		f, err := find(fields, key)
		if err != nil {
			return nil, &lineError{line: n.Content[i].Line, err: err}
		}
		if slices.Contains(given, key) {
			return nil, at(value.Line, key, errors.New("given twice"))
		}
		given = append(given, key)
		if err := f.read(value, into); err != nil {
			return nil, at(value.Line, key, err)
		}
	}
	return given, nil
}

// read reads the field from what a file has for it.
func (f field[T]) read(n *yaml.Node, into *T) error {
	n = solid(n)
	switch {
	case n.ShortTag() == "!!null":
		return errors.New("no value: give one, or leave out the key")
	case n.Kind == yaml.ScalarNode && f.set != nil:
		return f.set(into, n.Value)
	case f.tree != nil:
		return f.tree(into, n)
	}
	return errors.New("takes a single value")
}

func readStages(p *Plan, n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxStages {
		return fmt.Errorf("takes a list of 1 to %d stages", maxStages)
	}
	p.Stages = make([]Stage, len(n.Content))
	for i, item := range n.Content {
		if _, err := fill(item, &p.Stages[i], stageFields); err != nil {
			return err
		}
	}
	return nil
}

func readMix(p *Plan, n *yaml.Node) error {
	var m Mix
	if _, err := fill(n, &m, mixFields); err != nil {
		return err
	}
	p.Mix = m
	return m.some()
}

func parseSeed(text string) (uint64, error) {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is no whole number from 0", text)
	}
	return v, nil
}

// solid is the node that an alias stands for; an alias never stands for another.
func solid(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// MarshalJSON writes the plan such that Read reads it back: a rate of zero is not left out,
// since it is not the default.
func (p Plan) MarshalJSON() ([]byte, error) {
	type plain Plan
	if len(p.Stages) > 0 {
		return json.Marshal(plain(p))
	}
	return json.Marshal(struct {
		Sockets  int     `json:"sockets"`
		Ramp     Span    `json:"ramp"`
		Duration Span    `json:"duration"`
		Rate     float64 `json:"rate"`
		plain
	}{p.Sockets, p.Ramp, p.Duration, p.Rate, plain(p)})
}
