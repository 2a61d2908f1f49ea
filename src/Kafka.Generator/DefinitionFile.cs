namespace Actors.Kafka.Generator;

/// <summary>What one definition file contains.</summary>
internal sealed class DefinitionFile
{
    public List<MessageDefinition> Messages { get; } = [];

    public List<ErrorDefinition> Errors { get; } = [];
}
