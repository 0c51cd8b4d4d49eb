package main

import (
	"context"
	"testing"
)

// TestInterrupts proves that the second interrupt is the system's, which ends the process,
// unless the verb asked to be told of it; then it is the third.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	ctx, i := newInterrupts(t.Context())
	if ctx.Err() != nil {
		t.Fatal("it is over before any interrupt")
	}
	if more := i.take(); more || ctx.Err() == nil {
		t.Errorf("the first: more are taken %t, ended %v; want only the end", more, ctx.Err())
	}
	i.hasten()

	ctx, i = newInterrupts(t.Context())
	defer i.begin()
	hurry := hurried(context.WithoutCancel(ctx))
	if more := i.take(); !more || ctx.Err() == nil || hurry.Err() != nil {
		t.Errorf("the first, asked for hurry: more are taken %t, ended %v, hurried %v; want more, and the end", more, ctx.Err(), hurry.Err())
	}
	if more := i.take(); more || hurry.Err() == nil {
		t.Errorf("the second, asked for hurry: more are taken %t, hurried %v; want no more, and hurry", more, hurry.Err())
	}
	if hurried(t.Context()).Done() != nil {
		t.Error("who was given no interrupts is hurried by something")
	}
}
