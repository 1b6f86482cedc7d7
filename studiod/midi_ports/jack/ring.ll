; A ring of messages between two threads, of which each has one end alone: machine code, since Python's own stores say
; nothing to other processors about their order.  `put`, `get` and `store` are for Python too.
;
; A ring, in bytes: 0 how many were ever put in, 8 ever taken out, 16 messages that found no room, 24 its bytes less one
; (a power of two), 64 the bytes.
; A message in it: its size, when it came (microseconds of JACK), its bytes, in whole words of 8.

define i64 @load(i64 %at) alwaysinline {
  %p = inttoptr i64 %at to i64*
  %v = load atomic i64, i64* %p acquire, align 8
  ret i64 %v
}

define i64 @store(i64 %at, i64 %v) alwaysinline {
  %p = inttoptr i64 %at to i64*
  store atomic i64 %v, i64* %p release, align 8
  ret i64 %v
}

define void @count(i64 %at) alwaysinline {
  %old = call i64 @load(i64 %at)
  %new = add i64 %old, 1
  %r = call i64 @store(i64 %at, i64 %new)
  ret void
}

define i64 @place(i64 %ring, i64 %at) alwaysinline {  ; the address of a byte of a ring
  %m = add i64 %ring, 24
  %mask = call i64 @load(i64 %m)
  %k = and i64 %at, %mask
  %b = add i64 %ring, 64
  %a = add i64 %b, %k
  ret i64 %a
}

define void @copy(i64 %ring, i64 %at, i64 %other, i64 %size, i64 %out) {  ; bytes out of a ring (1) or into it (0)
entry:
  br label %test
test:
  %i = phi i64 [0, %entry], [%next, %done]
  %more = icmp ult i64 %i, %size
  br i1 %more, label %byte, label %end
byte:
  %next = add i64 %i, 1
  %k = add i64 %at, %i
  %here = call i64 @place(i64 %ring, i64 %k)
  %there = add i64 %other, %i
  %way = icmp ne i64 %out, 0
  %from = select i1 %way, i64 %here, i64 %there
  %to = select i1 %way, i64 %there, i64 %here
  %pf = inttoptr i64 %from to i8*
  %pt = inttoptr i64 %to to i8*
  %v = load i8, i8* %pf
  store i8 %v, i8* %pt
  br label %done
done:
  br label %test
end:
  ret void
}

define i64 @needs(i64 %size) alwaysinline {
  %a = add i64 %size, 23
  %n = and i64 %a, -8
  ret i64 %n
}

define i64 @put(i64 %ring, i64 %data, i64 %size, i64 %now) {  ; 1, or 0 where there is no room
  %ht = add i64 %ring, 8
  %hm = add i64 %ring, 24
  %hl = add i64 %ring, 16
  %head = call i64 @load(i64 %ring)
  %tail = call i64 @load(i64 %ht)
  %mask = call i64 @load(i64 %hm)
  %need = call i64 @needs(i64 %size)
  %used = sub i64 %head, %tail
  %then = add i64 %used, %need
  %full = icmp ugt i64 %then, %mask
  br i1 %full, label %lost, label %room
lost:
  call void @count(i64 %hl)
  ret i64 0
room:
  %p0 = call i64 @place(i64 %ring, i64 %head)
  %r0 = call i64 @store(i64 %p0, i64 %size)
  %h1 = add i64 %head, 8
  %p1 = call i64 @place(i64 %ring, i64 %h1)
  %r1 = call i64 @store(i64 %p1, i64 %now)
  %h2 = add i64 %head, 16
  call void @copy(i64 %ring, i64 %h2, i64 %data, i64 %size, i64 0)
  %new = add i64 %head, %need
  %r2 = call i64 @store(i64 %ring, i64 %new)
  ret i64 1
}

define i64 @size(i64 %ring) alwaysinline {  ; of the message that comes next; -1 where there is none
  %ht = add i64 %ring, 8
  %head = call i64 @load(i64 %ring)
  %tail = call i64 @load(i64 %ht)
  %none = icmp eq i64 %head, %tail
  br i1 %none, label %empty, label %some
empty:
  ret i64 -1
some:
  %p = call i64 @place(i64 %ring, i64 %tail)
  %size = call i64 @load(i64 %p)
  ret i64 %size
}

define void @drop(i64 %ring, i64 %size) alwaysinline {  ; the message that comes next
  %ht = add i64 %ring, 8
  %tail = call i64 @load(i64 %ht)
  %need = call i64 @needs(i64 %size)
  %new = add i64 %tail, %need
  %r = call i64 @store(i64 %ht, i64 %new)
  ret void
}

define void @take(i64 %ring, i64 %size, i64 %into) alwaysinline {
  %ht = add i64 %ring, 8
  %tail = call i64 @load(i64 %ht)
  %data = add i64 %tail, 16
  call void @copy(i64 %ring, i64 %data, i64 %into, i64 %size, i64 1)
  call void @drop(i64 %ring, i64 %size)
  ret void
}

define i64 @get(i64 %ring, i64 %into) {  ; its size, or -1; into: when it came, then its bytes
  %size = call i64 @size(i64 %ring)
  %none = icmp eq i64 %size, -1
  br i1 %none, label %empty, label %some
empty:
  ret i64 -1
some:
  %ht = add i64 %ring, 8
  %tail = call i64 @load(i64 %ht)
  %t1 = add i64 %tail, 8
  %pw = call i64 @place(i64 %ring, i64 %t1)
  %when = call i64 @load(i64 %pw)
  %r = call i64 @store(i64 %into, i64 %when)
  %bytes = add i64 %into, 8
  call void @take(i64 %ring, i64 %size, i64 %bytes)
  ret i64 %size
}
