using System.Globalization;

namespace Actors.Kafka.Generator;

/// <summary>Reads a definition file; its README.md describes the notation.</summary>
internal sealed class DefinitionParser
{
    private static readonly HashSet<string> BuiltIn =
    [
        "bool", "int8", "int16", "int32", "int64", "uint16", "uint32", "float64", "uuid", "string", "bytes", "records",
    ];

    private readonly DefinitionFile _file = new();
    private readonly Stack<(int Indent, StructDefinition Target, VersionRange Versions)> _scopes = new();
    private MessageDefinition? _message;
    private (string Name, int ApiKey, VersionRange Versions, int FirstFlexible)? _api;

    /// <exception cref="DefinitionException">A line does not follow the notation.</exception>
    public static DefinitionFile Parse(string text)
    {
        var parser = new DefinitionParser();
        var lines = text.Split('\n');
        for (var number = 0; number < lines.Length; number++)
        {
            var line = lines[number].TrimEnd();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            parser.ParseLine(number, line);
        }

        foreach (var message in parser._file.Messages)
        {
            Resolve(message);
        }

        return parser._file;
    }

    private void ParseLine(int number, string line)
    {
        var content = line.TrimStart();
        var spaces = line.Length - content.Length;
        if (spaces % 2 != 0 || content[0] == '\t')
        {
            throw new DefinitionException(number, "Indentation is two spaces a level.");
        }

        var indent = spaces / 2;
        var words = content.Split([' '], StringSplitOptions.RemoveEmptyEntries);
        if (indent == 0)
        {
            ParseBlock(number, words);
        }
        else if (_api is { } api && indent == 1 && words.Length == 1 && words[0] is "request" or "response")
        {
            _api = api;
            Begin(words[0] == "request" ? MessageKind.Request : MessageKind.Response, indent);
        }
        else if (_message is null)
        {
            throw new DefinitionException(number, "A field stands below 'request', 'response' or 'record'.");
        }
        else if (words.Length == 2 && words[0] == "struct")
        {
            BeginStruct(words[1], indent);
        }
        else
        {
            ParseField(number, words, indent);
        }
    }

    private void ParseBlock(int number, string[] words)
    {
        _message = null;
        _api = null;
        switch (words[0])
        {
            case "error" when words.Length is 3 or 4 && int.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code):
                if (words.Length == 4 && words[3] != "retriable")
                {
                    throw new DefinitionException(number, $"'{words[3]}' is not 'retriable'.");
                }

                _file.Errors.Add(new ErrorDefinition(code, words[2], words.Length == 4));
                break;
            case "api" when words.Length is 4 or 6 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var key):
                _api = (words[2], key, Versions(number, words[3]), Flexible(number, words, 4));
                break;
            case "record" when words.Length is 3 or 5:
                _api = (words[1], -1, Versions(number, words[2]), Flexible(number, words, 3));
                Begin(MessageKind.Record, 0);
                _api = null;
                break;
            default:
                throw new DefinitionException(number, "A block begins with 'api KEY NAME VERSIONS', 'record NAME VERSIONS' or 'error CODE NAME'.");
        }
    }

    private void Begin(MessageKind kind, int indent)
    {
        var (name, apiKey, versions, firstFlexible) = _api!.Value;
        _message = new MessageDefinition { Kind = kind, Name = name, ApiKey = apiKey, Versions = versions, FirstFlexible = firstFlexible };
        _message.Body.Name = _message.ClassName;
        _message.Body.Versions = versions;
        _file.Messages.Add(_message);
        _scopes.Clear();
        _scopes.Push((indent, _message.Body, versions));
    }

    private void BeginStruct(string name, int indent)
    {
        var definition = new StructDefinition { Name = name, Versions = _message!.Versions };
        _message.Structs.Add(definition);
        while (_scopes.Peek().Indent >= indent)
        {
            _scopes.Pop();
        }

        _scopes.Push((indent, definition, _message.Versions));
    }

    private void ParseField(int number, string[] words, int indent)
    {
        while (_scopes.Peek().Indent >= indent)
        {
            _scopes.Pop();
        }

        var (parentIndent, target, parentVersions) = _scopes.Peek();
        if (indent == parentIndent + 2 && target.Fields.Count > 0)
        {
            // The first field below another one: that one's struct begins here.
            var owner = target.Fields[target.Fields.Count - 1];
            target = new StructDefinition { Name = owner.TypeName, Versions = owner.Versions };
            _message!.Structs.Add(target);
            parentVersions = owner.Versions;
            _scopes.Push((indent - 1, target, parentVersions));
        }
        else if (indent != parentIndent + 1)
        {
            throw new DefinitionException(number, "A field is one level below what it belongs to.");
        }

        target.Fields.Add(FieldParser.Parse(number, words, parentVersions));
    }

    private static VersionRange Versions(int number, string text) =>
        VersionRange.TryParse(text, out var range) && range.High != VersionRange.Open
            ? range
            : throw new DefinitionException(number, $"'{text}' is not a closed range of versions.");

    private static int Flexible(int number, string[] words, int at)
    {
        if (words.Length == at)
        {
            return MessageDefinition.NeverFlexible;
        }

        return words[at] == "flexible" && VersionRange.TryParse(words[at + 1], out var range) && range.High == VersionRange.Open
            ? range.Low
            : throw new DefinitionException(number, "The flexible versions are written 'flexible 9+'.");
    }

    /// <summary>Connects fields with their structs and checks what only the whole message shows.</summary>
    private static void Resolve(MessageDefinition message)
    {
        var structs = new Dictionary<string, StructDefinition>(StringComparer.Ordinal);
        foreach (var definition in message.Structs)
        {
            if (structs.ContainsKey(definition.Name) || definition.Fields.Count == 0)
            {
                throw new DefinitionException(definition.Fields.Select(f => f.Line).FirstOrDefault(), $"Struct {definition.Name} of {message.ClassName} is empty or written twice.");
            }

            structs.Add(definition.Name, definition);
        }

        foreach (var owner in message.Structs.Concat([message.Body]))
        {
            var names = new HashSet<string>(StringComparer.Ordinal) { owner.Name };
            foreach (var field in owner.Fields)
            {
                if (!names.Add(field.Name) || (owner == message.Body && structs.ContainsKey(field.Name)))
                {
                    throw new DefinitionException(field.Line, $"{field.Name} is also the name of something else in {owner.Name}.");
                }

                if (!BuiltIn.Contains(field.TypeName))
                {
                    field.Struct = structs.TryGetValue(field.TypeName, out var definition)
                        ? definition
                        : throw new DefinitionException(field.Line, $"{field.TypeName} is not a type of {message.ClassName}.");
                    definition.NeedsDefaultCheck |= !field.IsArray && !field.IsNullable;
                }

                if (field.IsTagged && field.Versions.Low < message.FirstFlexible)
                {
                    throw new DefinitionException(field.Line, "A tagged field exists in flexible versions only.");
                }
            }
        }
    }
}
