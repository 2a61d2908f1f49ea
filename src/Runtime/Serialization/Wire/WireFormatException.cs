using Orleans;

namespace Actors.Runtime.Serialization;

/// <summary>Serialised bytes that cannot be read, or a value that cannot be written. Nothing was changed.</summary>
[GenerateSerializer, Alias("actors.WireFormatException")]
public sealed class WireFormatException : Exception
{
    /// <param name="problem">What is wrong.</param>
    /// <param name="positionBytes">Where in the input or output, from its first byte.</param>
    /// <param name="message">A sentence with the facts.</param>
    public WireFormatException(WireProblem problem, long positionBytes, string message)
        : base(message)
    {
        Problem = problem;
        PositionBytes = positionBytes;
    }

    /// <summary>What is wrong.</summary>
    [Id(0)]
    public WireProblem Problem { get; }

    /// <summary>Where in the input or output, from its first byte.</summary>
    [Id(1)]
    public long PositionBytes { get; }
}
