using System.Buffers;
using System.Diagnostics;
using Actors.Runtime.Context;
using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// The messages of calls, as objects of the wire format: members by number, unknown ones passed over, so that an older and a newer
/// build understand each other. Arguments and results are raw: bytes travel as bytes.
/// </summary>
internal static partial class CallCodec
{
    private const uint CallId = 0;
    private const uint View = 1;

    private const uint TargetType = 2;
    private const uint TargetKey = 3;
    private const uint Method = 4;
    private const uint RemainingMs = 5;
    private const uint Source = 6;
    private const uint Data = 7;
    private const uint TraceParent = 8;
    private const uint TraceState = 9;
    private const uint Arguments = 10;

    /// <summary>Writes a request, arguments last.</summary>
    public static void WriteRequest(FrameBuffer output, WireContext context, in CallHeader header, byte[] method, GrainRequest request)
    {
        var writer = new WireWriter(output, context);
        writer.BeginObject();
        WriteNumber(ref writer, CallId, header.Id);
        WriteNumber(ref writer, View, header.View);
        WriteBytes(ref writer, TargetType, header.Target.Type.Value.AsSpan());
        WriteBytes(ref writer, TargetKey, header.Target.Key.AsSpan());
        WriteBytes(ref writer, Method, method);
        WriteNumber(ref writer, RemainingMs, header.RemainingMs);
        if (!header.Source.IsDefault)
        {
            BuiltInCodecs.GrainId.WriteField(ref writer, Source, header.Source);
        }

        if (header.Data is { } data)
        {
            writer.WriteTag(Data, WireType.Sequence);
            writer.BeginSequence(data.Values.Count * 2, WireType.Null);
            foreach ((string key, object value) in data.Values)
            {
                BuiltInCodecs.String.WriteElement(ref writer, key);
                BuiltInCodecs.Any.WriteElement(ref writer, value);
            }

            writer.EndSequence();
        }

        if (header.Trace != default)
        {
            BuiltInCodecs.String.WriteField(ref writer, TraceParent, $"00-{header.Trace.TraceId}-{header.Trace.SpanId}-{(int)header.Trace.TraceFlags:x2}");
            if (header.Trace.TraceState is { } state)
            {
                BuiltInCodecs.String.WriteField(ref writer, TraceState, state);
            }
        }

        writer.WriteTag(Arguments, WireType.Object);
        request.WriteTo(ref writer);
        writer.EndObject();
        writer.Complete();
    }

    /// <summary>Reads a request up to its arguments.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="context">Codecs and limits.</param>
    /// <param name="methods">The methods of this build.</param>
    /// <param name="header">What it says; as far as it could be read when the result is an error.</param>
    /// <param name="request">The call; null when there is an error.</param>
    /// <returns>Null, or why the call cannot be made here although its bytes are sound as far as they are known.</returns>
    /// <exception cref="WireFormatException">It cannot be read.</exception>
    public static Exception? ReadRequest(
        in ReadOnlySequence<byte> message, WireContext context, MethodTable methods, out CallHeader header, out GrainRequest? request, out MethodEntry? entry)
    {
        header = default;
        request = null;
        entry = null;
        GrainType type = default;
        string? traceParent = null;
        string? traceState = null;
        string methodName = "";
        WireReader reader = ReaderOf(message, context);
        reader.BeginObject();
        while (reader.TryReadField(out uint id, out WireType wireType, out _))
        {
            switch (id)
            {
                case CallId:
                    header.Id = ReadNumber(ref reader, wireType);
                    break;
                case View:
                    header.View = ReadNumber(ref reader, wireType);
                    break;
                case TargetType:
                    type = BuiltInCodecs.GrainType.ReadValue(ref reader, wireType);
                    break;
                case TargetKey:
                    header.Target = new GrainId(type, BuiltInCodecs.IdSpan.ReadValue(ref reader, wireType));
                    break;
                case Method:
                    entry = ReadMethod(ref reader, wireType, methods, out methodName);
                    break;
                case RemainingMs:
                    header.RemainingMs = ReadNumber(ref reader, wireType);
                    break;
                case Source:
                    header.Source = BuiltInCodecs.GrainId.ReadValue(ref reader, wireType);
                    break;
                case Data:
                    header.Data = ReadData(ref reader, wireType);
                    break;
                case TraceParent:
                    traceParent = BuiltInCodecs.String.ReadValue(ref reader, wireType);
                    break;
                case TraceState:
                    traceState = BuiltInCodecs.String.ReadValue(ref reader, wireType);
                    break;
                case Arguments when entry is not null && wireType == WireType.Object && request is null:
                    request = entry.Method.CreateRequest();
                    request.ReadFrom(ref reader);
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        reader.EndObject();
        if (header.Target.IsDefault || (entry is null && methodName.Length == 0) || reader.RemainingBytes != 0)
        {
            reader.Throw(WireProblem.InvalidValue, $"A request is for '{header.Target}' and method '{methodName}', and {reader.RemainingBytes} bytes follow it.");
        }

        if (traceParent is not null && ActivityContext.TryParse(traceParent, traceState, isRemote: true, out ActivityContext trace))
        {
            header.Trace = trace;
        }

        return request is not null
            ? null
            : entry is null
                ? new OrleansException($"This silo has no grain method '{methodName}': it runs an older build than the caller, or its assembly is missing here.")
                : new OrleansException($"A call of {entry.Method.ActivityName} came without arguments.");
    }

    private static MethodEntry? ReadMethod(ref WireReader reader, WireType wireType, MethodTable methods, out string name)
    {
        IdSpan bytes = BuiltInCodecs.IdSpan.ReadValue(ref reader, wireType);
        MethodEntry? entry = methods.Find(bytes.AsSpan());
        name = entry is null ? bytes.ToString() : "";
        return entry;
    }

    private static RequestData? ReadData(ref WireReader reader, WireType wireType)
    {
        if (wireType != WireType.Sequence)
        {
            reader.Throw(WireProblem.WrongWireType, $"A request context is a sequence; {wireType} stands here.");
        }

        int count = reader.BeginSequence(out WireType elementType);
        if (elementType != WireType.Null || count % 2 != 0)
        {
            reader.Throw(WireProblem.InvalidValue, $"A request context has {count} elements of layout {elementType}.");
        }

        RequestData? data = null;
        for (int i = 0; i < count; i += 2)
        {
            string? key = BuiltInCodecs.String.ReadValue(ref reader, reader.ReadElementType());
            object? value = BuiltInCodecs.Any.ReadValue(ref reader, reader.ReadElementType());
            if (key is not null && value is not null)
            {
                data = (data ?? RequestData.Empty).With(key, value);
            }
        }

        reader.EndSequence();
        return data;
    }

    private static WireReader ReaderOf(in ReadOnlySequence<byte> message, WireContext context) =>
        message.IsSingleSegment ? new WireReader(message.FirstSpan, context) : new WireReader(message, context);

    private static void WriteNumber(ref WireWriter writer, uint id, long value)
    {
        writer.WriteTag(id, WireType.Varint);
        writer.WriteVarint((ulong)value);
    }

    private static void WriteBytes(ref WireWriter writer, uint id, ReadOnlySpan<byte> value)
    {
        writer.WriteTag(id, WireType.Bytes);
        writer.WriteBytes(value);
    }

    private static long ReadNumber(ref WireReader reader, WireType type)
    {
        if (type != WireType.Varint)
        {
            reader.Throw(WireProblem.WrongWireType, $"A number is written as {WireType.Varint}, but {type} stands here.");
        }

        return (long)reader.ReadVarint();
    }
}
