using System.Buffers;
using System.Diagnostics;
using Actors.Runtime.Activations;
using Actors.Runtime.Context;
using Actors.Runtime.Invocation;
using Actors.Runtime.Peering;
using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Serialization;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

public sealed class CallCodecTests
{
    private static readonly MethodTable Methods = new(GrainCode.Find());

    [Fact]
    public void A_request_comes_as_it_was_sent()
    {
        CallHeader sent = Header();
        Assert.Null(Read(Request(sent), out CallHeader received, out GrainRequest? request));
        Assert.Equal(sent.Id, received.Id);
        Assert.Equal(sent.View, received.View);
        Assert.Equal(sent.Target, received.Target);
        Assert.Equal(sent.RemainingMs, received.RemainingMs);
        Assert.Equal(sent.Source, received.Source);
        Assert.Equal("value", received.Data!.Values["key"]);
        Assert.Equal(sent.Trace.TraceId, received.Trace.TraceId);
        Assert.Equal(sent.Trace.SpanId, received.Trace.SpanId);
        Assert.Equal("state=1", received.Trace.TraceState);
        Assert.Equal(3, request!.GetArgument(0));
        Assert.Equal(4, request.GetArgument(1));
    }

    [Fact]
    public void Members_of_a_newer_build_are_passed_over()
    {
        byte[] known = Request(Header());
        byte[] later = Wire.Bytes(static (ref WireWriter writer) =>
        {
            writer.WriteTag(50, WireType.Object);
            writer.BeginObject();
            writer.WriteTag(0, WireType.Varint);
            writer.WriteVarint(7);
            writer.EndObject();
            writer.WriteTag(51, WireType.Null);
        });
        Assert.Null(Read([.. known[..^1], .. later, known[^1]], out CallHeader header, out GrainRequest? request));
        Assert.Equal(9, header.Id);
        Assert.Equal(4, request!.GetArgument(1));
    }

    [Fact]
    public void A_method_that_this_build_lacks_is_named()
    {
        CallHeader header = Header();
        Exception? error = Read(Request(header, "test.ICallGrain/Later"u8.ToArray()), out CallHeader received, out _);
        Assert.Contains("test.ICallGrain/Later", Assert.IsType<OrleansException>(error).Message, StringComparison.Ordinal);
        Assert.Equal(header.Id, received.Id);
    }

    [Fact]
    public void A_request_that_is_cut_anywhere_is_refused()
    {
        byte[] bytes = Request(Header());
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<WireFormatException>(() => Read(bytes[..length], out _, out _));
        }

        Assert.Throws<WireFormatException>(() => Read([.. bytes, 0], out _, out _));
    }

    [Fact]
    public void Damaged_requests_and_responses_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(3);
        byte[] request = Request(Header());
        byte[] response = Response(new InvalidOperationException("no"));
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. round % 2 == 0 ? request : response];
            for (int damage = random.Next(1, 4); damage > 0; damage--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                if (round % 2 == 0)
                {
                    Read(damaged, out _, out _);
                }
                else
                {
                    CallCodec.ReadResponse(new ReadOnlySequence<byte>(damaged), Wire.Context, Claiming, out _);
                }
            }
            catch (WireFormatException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void A_response_carries_an_error_or_says_that_the_grain_has_moved()
    {
        CallCodec.ReadResponse(new ReadOnlySequence<byte>(Response(new InvalidOperationException("no"))), Wire.Context, Claiming, out CallResponse failed);
        Assert.Equal((9L, 12L, CallOutcomeCode.Answered), (failed.Id, failed.View, failed.Outcome));
        Assert.Equal("no", Assert.IsType<InvalidOperationException>(failed.Error).Message);
        CallCodec.ReadResponse(new ReadOnlySequence<byte>(Response(null)), Wire.Context, Claiming, out CallResponse moved);
        Assert.Equal((9L, 12L, CallOutcomeCode.Moved), (moved.Id, moved.View, moved.Outcome));
        Assert.Null(moved.Error);
    }

    [Fact]
    public void A_cancellation_comes_as_it_was_sent()
    {
        using var buffer = new FrameBuffer(1000);
        CallCodec.WriteCancel(buffer, Wire.Context, 1L << 40, abandoned: true);
        Assert.Equal((1L << 40, true), CallCodec.ReadCancel(buffer.AsSequence(), Wire.Context));
    }

    private static SentCall Claiming(long id, bool isAnswer) => new(Adding());

    private static CallHeader Header() => new()
    {
        Id = 9,
        View = 12,
        Target = GrainId.Create("test.call", "a key"),
        RemainingMs = 30_000,
        Source = GrainId.Create("test.other", "b"),
        Data = RequestData.Empty.With("key", "value"),
        Trace = new ActivityContext(ActivityTraceId.CreateFromString("0123456789abcdef0123456789abcdef"), ActivitySpanId.CreateFromString("0123456789abcdef"), ActivityTraceFlags.Recorded, "state=1"),
    };

    private static GrainRequest Adding()
    {
        GrainRequest request = Methods.Find("test.ICallGrain/Add"u8)!.Method.CreateRequest();
        request.SetArgument(0, 3);
        request.SetArgument(1, 4);
        return request;
    }

    private static byte[] Request(CallHeader header, byte[]? method = null)
    {
        using var buffer = new FrameBuffer(100_000);
        GrainRequest request = Adding();
        CallCodec.WriteRequest(buffer, Wire.Context, header, method ?? Methods.Of(request.Method).Name, request);
        return buffer.AsSequence().ToArray();
    }

    private static byte[] Response(Exception? error)
    {
        using var buffer = new FrameBuffer(100_000);
        CallCodec.WriteRefusal(buffer, Wire.Context, 9, 12, error);
        return buffer.AsSequence().ToArray();
    }

    private static Exception? Read(byte[] bytes, out CallHeader header, out GrainRequest? request) =>
        CallCodec.ReadRequest(new ReadOnlySequence<byte>(bytes), Wire.Context, Methods, out header, out request, out _);
}
