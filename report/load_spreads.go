package report

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// maxSpreads bounds the events of one report: two thousand a second, for an hour.
const maxSpreads = 1 << 23

// jsonSpreads are the spreads of a shard: in base64, a zlib stream with three zigzag
// varints for each event: its ID less that of the event before, its first time in
// nanoseconds less that of the event before, and its last time less its first. The first
// event is counted from zero.
type jsonSpreads struct {
	Count int    `json:"count"`
	Data  string `json:"data"`
}

// spreads packs them as jsonSpreads says; none become nil.
func (p *packer) spreads(spreads []Spread) (*jsonSpreads, error) {
	if len(spreads) == 0 {
		return nil, nil
	}
	var plain []byte
	var before Spread
	for _, s := range spreads {
		plain = binary.AppendVarint(plain, s.ID-before.ID)
		plain = binary.AppendVarint(plain, int64(s.First-before.First))
		plain = binary.AppendVarint(plain, int64(s.Last-s.First))
		before = s
	}
	packed, err := p.pack(plain)
	if err != nil {
		return nil, err
	}
	return &jsonSpreads{len(spreads), base64.StdEncoding.EncodeToString(packed)}, nil
}

// spreads undoes packer.spreads.
func (j *jsonSpreads) spreads() ([]Spread, error) {
	if j == nil {
		return nil, nil
	}
	if j.Count < 0 || j.Count > maxSpreads {
		return nil, fmt.Errorf("the spreads of %d events; 0 to %d are possible", j.Count, maxSpreads)
	}
	packed, err := base64.StdEncoding.DecodeString(j.Data)
	if err != nil {
		return nil, fmt.Errorf("the spreads in base64: %w", err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("the spreads: %w", err)
	}
	spreads, err := readSpreads(bufio.NewReader(z), j.Count)
	if err != nil {
		return nil, fmt.Errorf("the spreads: %w", err)
	}
	return spreads, nil
}

// readSpreads reads so many, and that there is no more.
func readSpreads(r io.ByteReader, count int) ([]Spread, error) {
	var spreads []Spread // grows with what is there, not with what is said to be
	var before Spread
	for i := range count {
		var values [3]int64
		for k := range values {
			v, err := binary.ReadVarint(r)
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return nil, fmt.Errorf("event %d of %d: %w", i+1, count, err)
			}
			values[k] = v
		}
		s := Spread{ID: before.ID + values[0], First: before.First + time.Duration(values[1])}
		s.Last = s.First + time.Duration(values[2])
		if s.First < 0 || s.Last < s.First {
			return nil, fmt.Errorf("event %d of %d: first heard at %v, last at %v", i+1, count, s.First, s.Last)
		}
		spreads = append(spreads, s)
		before = s
	}
	switch _, err := r.ReadByte(); {
	case err == nil:
		return nil, fmt.Errorf("there are more than %d events", count)
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return spreads, nil
}
