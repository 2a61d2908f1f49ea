namespace Actors.Kafka.Generator;

/// <summary>A request, a response or a versioned record.</summary>
internal sealed class MessageDefinition
{
    /// <summary>First flexible version of a message that has none.</summary>
    public const int NeverFlexible = VersionRange.Open;

    public MessageKind Kind { get; set; }

    /// <summary>The API's name, or the record's.</summary>
    public string Name { get; set; } = "";

    /// <summary>The API key; -1 for a record.</summary>
    public int ApiKey { get; set; } = -1;

    public VersionRange Versions { get; set; }

    public int FirstFlexible { get; set; } = NeverFlexible;

    public StructDefinition Body { get; } = new();

    /// <summary>Every struct of the message, in the order of the table.</summary>
    public List<StructDefinition> Structs { get; } = [];

    public string ClassName => Kind switch
    {
        MessageKind.Request => Name + "Request",
        MessageKind.Response => Name + "Response",
        _ => Name,
    };
}
