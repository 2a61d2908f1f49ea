namespace Actors.Silo.Options;

/// <summary>Reads options from the arguments of the process: <c>--Key:Name=value</c> and <c>--Key:Name value</c>.</summary>
/// <remarks>
/// The same two forms as .NET's own command-line configuration, but nothing is passed over in silence: an argument that
/// is no option and an option without a value are mistakes.
/// </remarks>
public static class CommandLineLayer
{
    private const string Prefix = "--";

    /// <summary>Reads all arguments.</summary>
    /// <param name="arguments">As the process received them, without its own name.</param>
    public static OptionLayer Read(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        List<OptionValue> values = [];
        List<OptionMistake> mistakes = [];
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            var source = new OptionSource(OptionSourceKind.CommandLine, argument);
            if (!argument.StartsWith(Prefix, StringComparison.Ordinal) || argument.Length == Prefix.Length)
            {
                mistakes.Add(new(argument, null, source, "not an option; options look like --Silo:NodeId=2 or --Silo:NodeId 2"));
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                var key = argument[Prefix.Length..equals];
                values.Add(new(key, argument[(equals + 1)..], new(OptionSourceKind.CommandLine, argument[..equals])));
            }
            else if (index + 1 < arguments.Count && !arguments[index + 1].StartsWith(Prefix, StringComparison.Ordinal))
            {
                values.Add(new(argument[Prefix.Length..], arguments[++index], source));
            }
            else
            {
                mistakes.Add(new(argument[Prefix.Length..], null, source, $"has no value; write {argument}=value"));
            }
        }

        return new(values, mistakes);
    }
}
