using System.CommandLine;

namespace Actors.Cli.Storage;

/// <summary>Labels of what is made: <c>--label tier=hot</c>, any number of times.</summary>
internal static class LabelOption
{
    /// <summary>Makes the option.</summary>
    public static Option<Dictionary<string, string>> Create() => new("--label")
    {
        Description = "A label, name=value, by which policies choose it; any number of times.",
        HelpName = "name=value",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = static _ => [],
        CustomParser = static result =>
        {
            var labels = new Dictionary<string, string>();
            foreach (var token in result.Tokens)
            {
                var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1) result.AddError($"'{token.Value}' is no label; write name=value, such as tier=hot.");
                else if (!labels.TryAdd(token.Value[..equals], token.Value[(equals + 1)..])) result.AddError($"The label {token.Value[..equals]} is there twice.");
            }

            return labels;
        },
    };
}
