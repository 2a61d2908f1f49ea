namespace Actors.Bench.LogLoad;

/// <summary>One form of load: how many connections, how many requests in flight on each, how many messages in a request.</summary>
internal sealed record LogShape(int Connections, int Outstanding, int Batch)
{
    /// <summary>Payload of one message.</summary>
    public const int MessageBytes = 256;

    /// <summary>The shapes that the log is judged by.</summary>
    public static IReadOnlyList<LogShape> All { get; } = [new(1, 1, 1), new(1, 64, 1), new(1, 128, 1), new(1, 1024, 1), new(128, 1, 1), new(1, 10, 100)];

    /// <inheritdoc/>
    public override string ToString() => $"{Connections} conn x {Outstanding}" + (Batch > 1 ? $", {Batch} a batch" : string.Empty);
}
