using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Actors.Gateway.Kafka;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Gateway.Tests.Responses;

/// <summary>Answers leave in the order of their requests, each once, and count as answered only when they have left.</summary>
public sealed class ResponseRingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_counts_as_given_when_the_pipe_has_taken_it()
    {
        var pipe = Narrow();
        var aborted = "";
        var ring = RingOn(pipe, reason => aborted = reason);
        var exchange = new TestExchange(7);
        ring.Enqueue(exchange);
        var answered = ring.WaitUntilEmptyAsync(Token).AsTask();

        exchange.MarkReady();
        ring.Drain();

        Assert.False(answered.IsCompleted);
        Assert.Equal(1, ring.InFlight);
        Assert.Equal([7], await ReadNumbersAsync(pipe.Reader, 1));
        await answered.WaitAsync(TestGuard.Limit, Token);
        Assert.Equal((0, ""), (ring.InFlight, aborted));
    }

    [Fact]
    public async Task Who_waits_for_room_hears_that_the_ring_is_closed()
    {
        var ring = RingOn(Narrow(), _ => { });
        ring.Enqueue(new TestExchange(1));
        var room = ring.WaitUntilEmptyAsync(Token).AsTask();

        ring.Close();

        await room.WaitAsync(TestGuard.Limit, Token);
    }

    [Fact]
    public async Task Bytes_are_held_until_they_have_left_and_whoever_waits_for_room_hears_of_it()
    {
        var pipe = Narrow();
        var ring = new ResponseRing(pipe.Writer, new KafkaGatewayOptions { MaxBytesInFlight = 120 }, TimeProvider.System, _ => { }, CancellationToken.None);
        var first = new BodyExchange(1, 0, 0, ring);
        var second = new TestExchange(2, heldBytes: 60);
        first.Hold(5, new ByteBudget(1), 0);
        ring.Enqueue(first);
        Assert.True(ring.HasRoomForBytes);
        ring.Enqueue(second);
        Assert.False(ring.HasRoomForBytes);
        var room = ring.WaitForRoomAsync(Token).AsTask();
        Assert.False(room.IsCompleted);

        // An answer that holds less than its request did makes room before it is written.
        first.Answer(new SmallBody());
        await room.WaitAsync(TestGuard.Limit, Token);
        Assert.True(ring.HasRoomForBytes);
        var third = new TestExchange(3, heldBytes: 60);
        ring.Enqueue(third);
        Assert.False(ring.HasRoomForBytes);
        second.MarkReady();
        ring.Drain();
        room = ring.WaitForRoomAsync(Token).AsTask();
        Assert.False(room.IsCompleted);
        var written = await pipe.Reader.ReadAsync(Token);
        Assert.False(room.IsCompleted);
        pipe.Reader.AdvanceTo(written.Buffer.End);
        await room.WaitAsync(TestGuard.Limit, Token);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_given_up_and_everything_is_released()
    {
        var time = new VirtualTime();
        var aborted = new TaskCompletionSource<string>();
        var ring = new ResponseRing(Narrow().Writer, new KafkaGatewayOptions { WriteTimeout = TimeSpan.FromSeconds(30) }, time, aborted.SetResult, Token);
        var exchanges = Enumerable.Range(0, 3).Select(number => new TestExchange(number)).ToArray();
        foreach (var exchange in exchanges)
            ring.Enqueue(exchange);
        exchanges[0].MarkReady();
        ring.Drain();

        time.Pass(29_999);
        Assert.False(aborted.Task.IsCompleted);
        time.Pass(2);

        Assert.Contains("00:00:30", await aborted.Task.WaitAsync(TestGuard.Limit, Token), StringComparison.Ordinal);
        exchanges[1].MarkReady();
        exchanges[2].MarkReady();
        ring.Drain();
        await TestGuard.UntilAsync(() => exchanges.All(exchange => exchange.Released == 1) && ring.InFlight == 0, "each is released once");
    }

    [Fact]
    public void Answers_leave_in_the_order_of_their_requests_whatever_the_order_in_which_they_become_ready()
    {
        var exchange = from order in Gen.Choose(0, 1 << 20)
                       from isDeferred in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
                       from paddingBytes in Gen.Choose(0, 600)
                       from drains in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
                       select new Plan(order, isDeferred, paddingBytes, drains);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(400),
            Prop.ForAll(exchange.ListOf().ToArbitrary(), plans => RunAsync([.. plans]).GetAwaiter().GetResult()));
    }

    /// <summary>Two threads complete the exchanges in the planned order, while one takes what arrives.</summary>
    private static async Task RunAsync(Plan[] plans)
    {
        var pipe = Narrow();
        var aborted = "";
        var ring = RingOn(pipe, reason => aborted = reason);
        var exchanges = plans.Select((plan, number) => new TestExchange(number, plan.IsDeferred, plan.PaddingBytes)).ToArray();
        var reading = ReadNumbersAsync(pipe.Reader, plans.Length);
        foreach (var exchange in exchanges)
            ring.Enqueue(exchange);
        var order = Enumerable.Range(0, plans.Length).OrderBy(number => plans[number].Order).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(lane => Task.Run(() =>
        {
            for (var index = lane; index < order.Length; index += 2)
            {
                exchanges[order[index]].MarkReady();
                if (plans[order[index]].Drains)
                    ring.Drain();
            }
        })));
        ring.Drain();

        Assert.Equal(Enumerable.Range(0, plans.Length), await reading.WaitAsync(TestGuard.Limit, Token));
        await ring.WaitUntilEmptyAsync(Token).AsTask().WaitAsync(TestGuard.Limit, Token);
        Assert.All(exchanges, exchange => Assert.Equal(1, exchange.Released));
        Assert.Equal("", aborted);
    }

    private static ResponseRing RingOn(Pipe pipe, Action<string> abort) =>
        new(pipe.Writer, new KafkaGatewayOptions(), TimeProvider.System, abort, CancellationToken.None);

    /// <summary>A pipe that takes a flush only when everything in it was read.</summary>
    private static Pipe Narrow() => new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));

    private static async Task<List<int>> ReadNumbersAsync(PipeReader reader, int count)
    {
        var numbers = new List<int>();
        while (numbers.Count < count)
        {
            var result = await reader.ReadAsync(Token);
            var buffer = result.Buffer;
            while (TryTakeNumber(ref buffer, out var number))
                numbers.Add(number);
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                break;
        }

        return numbers;
    }

    private static bool TryTakeNumber(ref ReadOnlySequence<byte> buffer, out int number)
    {
        number = 0;
        var bytes = new SequenceReader<byte>(buffer);
        if (!bytes.TryReadBigEndian(out int size) || bytes.Remaining < size)
            return false;
        Span<byte> first = stackalloc byte[4];
        buffer.Slice(4, 4).CopyTo(first);
        number = BinaryPrimitives.ReadInt32BigEndian(first);
        buffer = buffer.Slice(4 + size);
        return true;
    }

    private sealed class SmallBody : ResponseBody
    {
        public override ApiKey ApiKey => ApiKey.Heartbeat;

        public override long SizeOf(short version) => 2;

        public override void Write(ref KafkaWriter writer, short version) => writer.WriteInt16(0);
    }

    private sealed record Plan(int Order, bool IsDeferred, int PaddingBytes, bool Drains);
}
