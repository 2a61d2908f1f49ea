using Orleans.Storage;

namespace Actors.Silo.Flavour;

/// <summary>Writes grain state as <see cref="GrainStateText"/> does, so that both stores hold the same form.</summary>
internal sealed class GrainStateSerializer : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(GrainStateText.Serialize(input));

    /// <inheritdoc/>
    public T? Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return GrainStateText.Deserialize<T>(input.ToMemory().Span);
    }
}
