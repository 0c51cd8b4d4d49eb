package history

import (
	"fmt"
	"slices"
	"strconv"

	"ttcheck/client"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Reading on by offset.

var pagingCases = []spec.Case{
	{ID: "HIST-05", Needs: reads, Run: pagesByOffset},
	{ID: "HIST-05", Name: "under a filter", Needs: makes, Probes: []spec.AnyProbe{ownOrders}, Run: pagesUnderFilter},
	{ID: "HIST-05", Name: "to the end", Needs: reads, Run: endsInEmptyPage},
}

// pagesByOffset puts pages of several sizes, some of which do not divide the
// whole, beside the one answer that holds as much.
func pagesByOffset(c *spec.C) {
	if there := fill(c, maxLimit+1); there < 3 {
		c.Unsupported("the history holds %d orders, too few to page", there)
	}
	for _, size := range []int{7, defaultLimit, 33, 64} {
		expectPaged(c, nil, size)
	}
	expectNeighbours(c)
}

// pagesUnderFilter catches an offset that counts rows which the filter keeps back.
func pagesUnderFilter(c *spec.C) {
	ownSample(c)
	for _, f := range []filter{{location: table}, {kind: takenAway}, {location: table, kind: takenAway}} {
		for _, size := range []int{1, 3} {
			expectPaged(c, f.params(), size)
		}
	}
}

// expectPaged asserts that pages of a size, put together, are the list, and that
// behind a list which ends there is nothing. It reads the list before and after,
// because orders come and go.
func expectPaged(c *spec.C, p params, size int) {
	span := min(maxLimit, 8*size)
	expectSteady(c, fmt.Sprintf("%s by pages of %d", p, size), func() (before, after leaf, err error) {
		before = turn(c, p.with(page(0, span)))
		var pages []leaf
		for offset := 0; offset < len(before.uuids); offset += size {
			pages = append(pages, turn(c, p.with(page(offset, size))))
		}
		err = tiled(before, pages, size)
		if end := len(before.uuids); end < span {
			err = both(err, empty(turn(c, p.with(page(end, size))), before))
		}
		after = turn(c, p.with(page(0, span)))
		return before, after, err
	}, "hold every order of the list once, in its sequence")
}

// expectNeighbours puts the second half of one full page beside the first half of
// the page that begins there, which reaches past the 100 that one answer can hold.
func expectNeighbours(c *spec.C) {
	const half = maxLimit / 2
	expectSteady(c, "the first 150 orders by pages of 100", func() (before, after leaf, err error) {
		before = turn(c, page(0, maxLimit))
		shifted := turn(c, page(half, maxLimit))
		next := turn(c, page(maxLimit, maxLimit))
		after = turn(c, page(0, maxLimit))
		if len(before.uuids) < maxLimit || len(shifted.uuids) < half {
			return before, after, nil
		}
		err = tile(before.uuids[half:], [][]string{shifted.uuids[:half]}, half)
		err = blame(err, []leaf{shifted}, before)
		whole := slices.Concat(before.uuids[:half], shifted.uuids)
		further := tile(whole, [][]string{before.uuids, next.uuids[:min(half, len(next.uuids))]}, maxLimit)
		return before, after, both(err, blame(further, []leaf{before, next}, shifted))
	}, "overlap as their offsets do")
}

// expectSteady asserts what was read between two equal readings of a list. Where
// these differ because orders came or went it reads again; where the same orders
// changed places, twice over, that is the finding.
func expectSteady(c *spec.C, what string, read func() (before, after leaf, err error), claim string) {
	var unrest []error
	for range attempts {
		before, after, err := read()
		if err == nil {
			return
		}
		if slices.Equal(before.uuids, after.uuids) {
			c.Expect(err, "%s", what).ProvedBy(proofOf(err)...).To(match.NoFault(claim))
		}
		if moved := reordered(before.uuids, after.uuids); moved != nil {
			unrest = append(unrest, &fault{moved.Error(), []client.Exchange{before.proof, after.proof}})
		}
	}
	if len(unrest) > 1 {
		c.Expect(unrest[0], "%s", what).ProvedBy(proofOf(unrest[0])...).To(match.NoFault("keep its sequence from one reading to the next"))
	}
	c.Inconclusive("orders came and went during each of %d attempts to read %s", attempts, what)
}

// tiled is tile for pages that were read.
func tiled(whole leaf, pages []leaf, size int) error {
	lists := make([][]string, len(pages))
	for i, page := range pages {
		lists[i] = page.uuids
	}
	return blame(tile(whole.uuids, lists, size), pages, whole)
}

// tile tells in what pages of a size, one after the other, differ from the whole
// list. The last page may go on where the list ends.
func tile(whole []string, pages [][]string, size int) error {
	at := map[string]int{}
	for i, page := range pages {
		if len(page) > size {
			return misfitf(i, "there are %d orders, not %d", len(page), size)
		}
		for j, uuid := range page {
			place := i*size + j
			if place >= len(whole) {
				return nil
			}
			if earlier, seen := at[uuid]; seen {
				return misfitf(i, "order %.40s at %d stands at %d already", uuid, place, earlier)
			}
			at[uuid] = place
			if uuid != whole[place] {
				return misfitf(i, "order %.40s stands at %d, where the list has %.40s", uuid, place, whole[place])
			}
		}
		if end := min((i+1)*size, len(whole)); i*size+len(page) < end {
			return misfitf(i, "there are %d orders, though the list goes on with %.40s", len(page), whole[i*size+len(page)])
		}
	}
	return nil
}

// reordered tells of two orders that stand in both lists and changed places
// between them. Orders that came or went change nothing about that.
func reordered(before, after []string) error {
	place := map[string]int{}
	for i, uuid := range before {
		place[uuid] = i
	}
	last, at := "", -1
	for _, uuid := range after {
		i, known := place[uuid]
		if !known {
			continue
		}
		if i < at {
			return fmt.Errorf("order %.40s came after order %.40s, and a moment later before it", last, uuid)
		}
		last, at = uuid, i
	}
	return nil
}

// longest is how long a history may be for its end to be read.
const longest = 1000

// endsInEmptyPage reads beyond the end, far away and, of a history that is not too
// long to be read in full, right behind the last order.
func endsInEmptyPage(c *spec.C) {
	far := params{"offset": strconv.Itoa(1_000_000)}
	rows, proof := listed(c, far)
	c.Expect(between(rows, 0, 0), "the answer to %s", far).ProvedBy(proof).To(match.NoFault("hold no order"))
	fill(c, 3)
	whole := full(c)
	if len(whole.uuids) == 0 {
		c.Note("the end was not read: it is looked for in a history of 1 to %d orders that can be read on by offset", longest)
		return
	}
	expectSteady(c, fmt.Sprintf("the end of a list of %d orders", len(whole.uuids)), func() (before, after leaf, err error) {
		before = whole
		end := len(before.uuids)
		if end == 0 {
			return before, before, nil // it grew too long meanwhile
		}
		last := turn(c, page(end-1, maxLimit))
		behind := turn(c, page(end, maxLimit))
		whole = full(c)
		err = blame(tile(before.uuids[end-1:], [][]string{last.uuids}, maxLimit), []leaf{last}, before)
		return before, whole, both(err, empty(behind, last))
	}, "hold one order on the last page and none behind it")
}

// full is the whole history, as if it were one page; nothing of one that is too
// long. Its proof is the page at which it ended.
func full(c *spec.C) leaf {
	rows, end, err := walk(c, nil, func(rows []row) bool { return len(rows) > longest })
	c.Expect(err, "%s", page(0, maxLimit)).To(match.NoFault("be answered with a list of orders"))
	if !end {
		return leaf{}
	}
	exchanges := c.Client.Transcript().Exchanges()
	return leaf{uuids: uuids(rows), proof: exchanges[len(exchanges)-1]}
}
