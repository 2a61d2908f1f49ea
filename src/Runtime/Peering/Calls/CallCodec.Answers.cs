using System.Buffers;
using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Peering;

/// <content>Responses and cancellations.</content>
internal static partial class CallCodec
{
    private const uint Outcome = 2;
    private const uint Result = 3;
    private const uint Error = 4;

    private const uint Abandoned = 1;

    /// <summary>Writes a result.</summary>
    public static void WriteResult(FrameBuffer output, WireContext context, long id, long view, GrainRequest request)
    {
        WireWriter writer = BeginResponse(output, context, id, view, CallOutcomeCode.Answered);
        writer.WriteTag(Result, WireType.Sequence);
        writer.BeginSequence(1, WireType.Null);
        request.WriteResult(ref writer);
        writer.EndSequence();
        writer.EndObject();
        writer.Complete();
    }

    /// <summary>Writes an exception, or, without one, that the grain is elsewhere.</summary>
    public static void WriteRefusal(FrameBuffer output, WireContext context, long id, long view, Exception? error)
    {
        WireWriter writer = BeginResponse(output, context, id, view, error is null ? CallOutcomeCode.Moved : CallOutcomeCode.Answered);
        BuiltInCodecs.Exception.WriteField(ref writer, Error, error);
        writer.EndObject();
        writer.Complete();
    }

    /// <summary>Reads a response up to the result, which is read only into a call that still waits.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="context">Codecs and limits.</param>
    /// <param name="claim">Gives the call of a number if it still waits for an answer, and takes it off the list.</param>
    /// <param name="response">What it says.</param>
    /// <exception cref="WireFormatException">It cannot be read.</exception>
    public static void ReadResponse(in ReadOnlySequence<byte> message, WireContext context, Func<long, bool, SentCall?> claim, out CallResponse response)
    {
        response = default;
        bool claimed = false;
        WireReader reader = ReaderOf(message, context);
        reader.BeginObject();
        while (reader.TryReadField(out uint id, out WireType wireType, out _))
        {
            switch (id)
            {
                case CallId:
                    response.Id = ReadNumber(ref reader, wireType);
                    break;
                case View:
                    response.View = ReadNumber(ref reader, wireType);
                    break;
                case Outcome:
                    response.Outcome = (CallOutcomeCode)ReadNumber(ref reader, wireType);
                    claimed = true;
                    response.Call = claim(response.Id, response.Outcome == CallOutcomeCode.Answered);
                    break;
                case Result when response.Call is { } call:
                    response.Error = ReadResult(ref reader, wireType, call);
                    if (response.Error is not null)
                    {
                        return;
                    }

                    break;
                case Error when response.Call is not null:
                    response.Error = BuiltInCodecs.Exception.ReadValue(ref reader, wireType);
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        reader.EndObject();
        if (!claimed)
        {
            reader.Throw(WireProblem.InvalidValue, "A response has no outcome.");
        }
    }

    /// <summary>Writes a cancellation.</summary>
    /// <param name="abandoned">True when nobody waits for the answer, so that a call that has not begun need not begin.</param>
    public static void WriteCancel(FrameBuffer output, WireContext context, long id, bool abandoned)
    {
        var writer = new WireWriter(output, context);
        writer.BeginObject();
        WriteNumber(ref writer, CallId, id);
        WriteNumber(ref writer, Abandoned, abandoned ? 1 : 0);
        writer.EndObject();
        writer.Complete();
    }

    /// <summary>Reads a cancellation.</summary>
    /// <exception cref="WireFormatException">It cannot be read.</exception>
    public static (long Id, bool Abandoned) ReadCancel(in ReadOnlySequence<byte> message, WireContext context)
    {
        long call = 0;
        bool abandoned = false;
        WireReader reader = ReaderOf(message, context);
        reader.BeginObject();
        while (reader.TryReadField(out uint id, out WireType wireType, out _))
        {
            switch (id)
            {
                case CallId:
                    call = ReadNumber(ref reader, wireType);
                    break;
                case Abandoned:
                    abandoned = ReadNumber(ref reader, wireType) != 0;
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return (call, abandoned);
    }

    /// <summary>Reads a result into its call; gives the error when this build cannot.</summary>
    private static Exception? ReadResult(ref WireReader reader, WireType wireType, SentCall call)
    {
        try
        {
            if (wireType != WireType.Sequence || reader.BeginSequence(out WireType elementType) != 1 || elementType != WireType.Null)
            {
                reader.Throw(WireProblem.WrongWireType, "A result is a sequence of one value with its layout.");
            }

            call.Request.ReadResult(ref reader);
            reader.EndSequence();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static WireWriter BeginResponse(FrameBuffer output, WireContext context, long id, long view, CallOutcomeCode outcome)
    {
        var writer = new WireWriter(output, context);
        writer.BeginObject();
        WriteNumber(ref writer, CallId, id);
        WriteNumber(ref writer, View, view);
        WriteNumber(ref writer, Outcome, (long)outcome);
        return writer;
    }
}
