using Orleans;

namespace Actors.Runtime.Serialization;

/// <summary>A value of a type that has no codec was to be written, read or copied.</summary>
[GenerateSerializer, Alias("actors.CodecNotFoundException")]
public sealed class CodecNotFoundException : Exception
{
    /// <param name="typeName">The full name of the type.</param>
    /// <param name="reason">Why there is none.</param>
    public CodecNotFoundException(string typeName, string reason)
        : base($"There is no codec for {typeName}: {reason}.") => TypeName = typeName;

    /// <summary>The full name of the type.</summary>
    [Id(0)]
    public string TypeName { get; }
}
