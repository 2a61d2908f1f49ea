namespace Actors.Kafka.Generator;

/// <summary>A line of a definition file that the generator cannot use.</summary>
internal sealed class DefinitionException(int line, string message) : Exception(message)
{
    /// <summary>0-based line in the file.</summary>
    public int Line { get; } = line;
}
