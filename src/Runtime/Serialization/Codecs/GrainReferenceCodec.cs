using Orleans.Runtime;

namespace Actors.Runtime.Serialization;

/// <summary>A reference to a grain or observer as an object: 0 who it is, 1 the interface through which it is called.</summary>
/// <typeparam name="T">The interface that the member declares.</typeparam>
public sealed class GrainReferenceCodec<T> : Codec<T>
    where T : class, IAddressable
{
    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, T value)
    {
        var reference = ToReference(value);
        writer.BeginObject();
        BuiltInCodecs.GrainId.WriteField(ref writer, 0, reference.GrainId);
        BuiltInCodecs.GrainInterfaceType.WriteField(ref writer, 1, reference.InterfaceType);
        writer.EndObject();
    }

    /// <inheritdoc />
    public override T Read(ref WireReader reader)
    {
        GrainId grainId = default;
        GrainInterfaceType interfaceType = default;
        reader.BeginObject();
        while (reader.TryReadField(out var id, out var type, out _))
        {
            switch (id)
            {
                case 0:
                    grainId = BuiltInCodecs.GrainId.ReadValue(ref reader, type);
                    break;
                case 1:
                    interfaceType = BuiltInCodecs.GrainInterfaceType.ReadValue(ref reader, type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        reader.EndObject();
        if (reader.Context.References is not { } source)
        {
            reader.Throw(WireProblem.InvalidValue, $"A reference to {grainId} can be read only within a silo.");
            return null;
        }

        if (source.Find(grainId, interfaceType) is not T reference)
        {
            reader.Throw(WireProblem.UnknownType, $"A reference to {grainId} names the interface '{interfaceType}', which is no {typeof(T).Name} that this build knows.");
            return null;
        }

        return reference;
    }

    /// <inheritdoc />
    public override T Copy(T value, in CopyContext context)
    {
        ToReference(value);
        return value;
    }

    /// <summary>A grain itself never leaves its turn: only a reference to it does.</summary>
    private static GrainReference ToReference(T value) =>
        value as GrainReference
        ?? throw new CodecNotFoundException(
            value.GetType().FullName ?? value.GetType().Name,
            $"only references travel; pass this.AsReference<{typeof(T).Name}>(), or CreateObjectReference<{typeof(T).Name}>(observer)");
}
