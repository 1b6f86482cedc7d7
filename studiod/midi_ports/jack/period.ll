; What JACK calls, as machine code: it takes no lock and no interpreter, so that nobody of the server waits for Python.
; llvmlite, which numba brings along, compiles it in 50 ms; numba itself takes 300, and 30 MB, of a process that is
; started anew whenever a driver falls over.
;
; Threads: `period` runs in JACK's real-time thread, `changed`, `renamed` and `ended` in its thread for news.
;
; The table, in bytes: 0 the pipe that is written to when there is something, 8 how many periods there were, 16 whether
; the server has ended, 24 how often a port came, went or got another name, 32 how many slots there are, 40 how many
; ports went, 64 the numbers of the last 1024 of them, 8256 the slots of 32 bytes: JACK's handle of a port (0: none),
; its ring, 1 for a way out.

declare i64 @jack_port_get_buffer(i64, i32)
declare i32 @jack_midi_get_event_count(i64)
declare i32 @jack_midi_event_get(i64, i64, i32)
declare void @jack_midi_clear_buffer(i64)
declare i64 @jack_midi_event_reserve(i64, i32, i64)
declare i64 @jack_get_time()
declare i64 @write(i32, i64, i64)

define i64 @hear(i64 %buffer, i64 %ring) {  ; what came in this period; how many
entry:
  %event = alloca [3 x i64], align 8
  %e = ptrtoint [3 x i64]* %event to i64
  %count = call i32 @jack_midi_get_event_count(i64 %buffer)
  %any = icmp ne i32 %count, 0
  br i1 %any, label %begin, label %end
begin:
  %now = call i64 @jack_get_time()
  br label %one
one:
  %k = phi i32 [0, %begin], [%next, %last]
  %next = add i32 %k, 1
  %fault = call i32 @jack_midi_event_get(i64 %e, i64 %buffer, i32 %k)
  %good = icmp eq i32 %fault, 0
  br i1 %good, label %keep, label %last
keep:
  %es = add i64 %e, 8
  %ed = add i64 %e, 16
  %size = call i64 @load(i64 %es)
  %data = call i64 @load(i64 %ed)
  %r = call i64 @put(i64 %ring, i64 %data, i64 %size, i64 %now)
  br label %last
last:
  %more = icmp ult i32 %next, %count
  br i1 %more, label %one, label %end
end:
  %n = zext i32 %count to i64
  ret i64 %n
}

define void @say(i64 %buffer, i64 %ring) {  ; what fits into this period; what would not fit into an empty one is lost
entry:
  call void @jack_midi_clear_buffer(i64 %buffer)
  br label %next
next:
  %said = phi i64 [0, %entry], [1, %write], [0, %never]
  %size = call i64 @size(i64 %ring)
  %none = icmp eq i64 %size, -1
  br i1 %none, label %end, label %ask
ask:
  %into = call i64 @jack_midi_event_reserve(i64 %buffer, i32 0, i64 %size)
  %no = icmp eq i64 %into, 0
  br i1 %no, label %full, label %write
write:
  call void @take(i64 %ring, i64 %size, i64 %into)
  br label %next
full:
  %later = icmp ne i64 %said, 0
  br i1 %later, label %end, label %never
never:
  call void @drop(i64 %ring, i64 %size)
  %hl = add i64 %ring, 16
  call void @count(i64 %hl)
  br label %next
end:
  ret void
}

define void @wake(i64 %table) {
  %fd = call i64 @load(i64 %table)
  %fd32 = trunc i64 %fd to i32
  %r = call i64 @write(i32 %fd32, i64 %table, i64 1)
  ret void
}

define i32 @period(i32 %frames, i64 %table) {
entry:
  %hp = add i64 %table, 8
  %hs = add i64 %table, 32
  %first = add i64 %table, 8256
  %slots = call i64 @load(i64 %hs)
  br label %test
test:
  %k = phi i64 [0, %entry], [%next, %done]
  %heard = phi i64 [0, %entry], [%sum, %done]
  %more = icmp ult i64 %k, %slots
  br i1 %more, label %slot, label %end
slot:
  %next = add i64 %k, 1
  %off = mul i64 %k, 32
  %at = add i64 %first, %off
  %port = call i64 @load(i64 %at)
  %used = icmp ne i64 %port, 0
  br i1 %used, label %buffers, label %skip
buffers:
  %hr = add i64 %at, 8
  %hw = add i64 %at, 16
  %ring = call i64 @load(i64 %hr)
  %way = call i64 @load(i64 %hw)
  %buffer = call i64 @jack_port_get_buffer(i64 %port, i32 %frames)
  %there = icmp ne i64 %buffer, 0
  br i1 %there, label %serve, label %skip
serve:
  %out = icmp ne i64 %way, 0
  br i1 %out, label %says, label %hears
says:
  call void @say(i64 %buffer, i64 %ring)
  br label %skip
hears:
  %got = call i64 @hear(i64 %buffer, i64 %ring)
  br label %done
skip:
  br label %done
done:
  %came = phi i64 [%got, %hears], [0, %skip]
  %sum = add i64 %heard, %came
  br label %test
end:
  call void @count(i64 %hp)
  %any = icmp ne i64 %heard, 0
  br i1 %any, label %tell, label %over
tell:
  call void @wake(i64 %table)
  br label %over
over:
  ret i32 0
}

define void @changed(i32 %port, i32 %there, i64 %table) {  ; a port came (1) or went (0)
  %went = icmp eq i32 %there, 0
  br i1 %went, label %note, label %tell
note:
  %hc = add i64 %table, 40
  %ids = add i64 %table, 64
  %count = call i64 @load(i64 %hc)
  %k = urem i64 %count, 1024
  %off = mul i64 %k, 8
  %at = add i64 %ids, %off
  %id = zext i32 %port to i64
  %r = call i64 @store(i64 %at, i64 %id)
  call void @count(i64 %hc)
  br label %tell
tell:
  %hn = add i64 %table, 24
  call void @count(i64 %hn)
  call void @wake(i64 %table)
  ret void
}

define void @renamed(i32 %port, i64 %old, i64 %new, i64 %table) {
  call void @changed(i32 %port, i32 1, i64 %table)
  ret void
}

define void @ended(i64 %table) {  ; the server has gone
  %he = add i64 %table, 16
  call void @count(i64 %he)
  call void @wake(i64 %table)
  ret void
}
