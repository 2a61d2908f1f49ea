using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Actors.Kafka.Generator;

/// <summary>Turns the files <c>Definitions/*.kafka</c> into message classes, API keys and error codes.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class KafkaGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor InvalidDefinition = new(
        "KAFKA001",
        "Invalid protocol definition",
        "{0}",
        "Actors.Kafka",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Paths and texts compare by value, so nothing runs again until a definition changes.
        var files = context.AdditionalTextsProvider
            .Where(static text => text.Path.EndsWith(".kafka", StringComparison.Ordinal))
            .Select(static (text, token) => (text.Path, Content: text.GetText(token)?.ToString() ?? ""));
        context.RegisterSourceOutput(files, static (output, file) => EmitMessages(output, file.Path, file.Content));
        context.RegisterSourceOutput(files.Collect(), static (output, all) => EmitTables(output, all));
    }

    private static void EmitMessages(SourceProductionContext output, string path, string content)
    {
        try
        {
            foreach (var message in DefinitionParser.Parse(content).Messages)
            {
                output.CancellationToken.ThrowIfCancellationRequested();
                Add(output, message.ClassName, MessageEmitter.Emit(message));
            }
        }
        catch (DefinitionException invalid)
        {
            var span = new LinePositionSpan(new LinePosition(invalid.Line, 0), new LinePosition(invalid.Line, 1));
            var location = Location.Create(path, default, span);
            output.ReportDiagnostic(Diagnostic.Create(InvalidDefinition, location, $"{Path.GetFileName(path)}: {invalid.Message}"));
        }
    }

    private static void EmitTables(SourceProductionContext output, ImmutableArray<(string Path, string Content)> files)
    {
        var requests = new List<MessageDefinition>();
        var errors = new List<ErrorDefinition>();
        foreach (var (_, content) in files)
        {
            try
            {
                var file = DefinitionParser.Parse(content);
                requests.AddRange(file.Messages.Where(m => m.Kind == MessageKind.Request));
                errors.AddRange(file.Errors);
            }
            catch (DefinitionException)
            {
                // EmitMessages reports it.
                return;
            }
        }

        requests.Sort((a, b) => a.ApiKey.CompareTo(b.ApiKey));
        errors.Sort((a, b) => a.Code.CompareTo(b.Code));
        Add(output, "ApiKey", TableEmitter.EmitApiKeys(requests));
        Add(output, "ApiTable", TableEmitter.EmitApiTable(requests));
        Add(output, "ErrorCode", TableEmitter.EmitErrorCodes(errors));
    }

    private static void Add(SourceProductionContext output, string name, string code) =>
        output.AddSource($"{name}.g.cs", SourceText.From(code, Encoding.UTF8));
}
