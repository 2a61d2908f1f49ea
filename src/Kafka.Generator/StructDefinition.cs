namespace Actors.Kafka.Generator;

/// <summary>Fields that belong together: a struct of a message, or the message's own body.</summary>
internal sealed class StructDefinition
{
    public string Name { get; set; } = "";

    /// <summary>The versions in which it can occur.</summary>
    public VersionRange Versions { get; set; }

    public List<FieldDefinition> Fields { get; } = [];

    /// <summary>Whether some field needs to know that all values are at their defaults.</summary>
    public bool NeedsDefaultCheck { get; set; }
}
