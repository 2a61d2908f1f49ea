using System.Text;

namespace Actors.Silo.Options;

/// <summary>Writes options for people: help, mistakes, values in effect, and the page of the guide.</summary>
public static class OptionText
{
    /// <summary>All mistakes, one a line.</summary>
    public static string Mistakes(IReadOnlyList<OptionMistake> mistakes)
    {
        ArgumentNullException.ThrowIfNull(mistakes);
        var text = new StringBuilder();
        var number = mistakes.Count == 1 ? "one mistake" : $"{mistakes.Count} mistakes";
        text.Append("actors: ").Append(number).Append(" in the options; nothing was started.\n");
        foreach (var mistake in mistakes) text.Append("  ").Append(mistake).Append('\n');
        return text.Append("--help lists every option.\n").ToString();
    }

    /// <summary>The values in effect, section by section.</summary>
    public static IEnumerable<(string Section, string Values)> Effective(BoundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Effective
            .GroupBy(option => option.Option.Section)
            .Select(section => (section.Key, string.Join(", ", section.Select(option => option.ToShortString()))));
    }

    /// <summary>The answer to <c>--help</c>.</summary>
    public static string Help(OptionSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var text = new StringBuilder();
        text.Append("Runs a silo in the foreground until Ctrl-C or SIGTERM.\n\n");
        text.Append("Options are given as --Silo:NodeId=2, in the environment as Silo__NodeId=2, or in ");
        text.Append(SiloConfiguration.FileName).Append(" of the\nworking directory; the first of these that names an option wins.\n");
        foreach (var option in schema.Options)
        {
            text.Append("\n  --").Append(option.Key);
            if (option.Default is not null) text.Append('=').Append(option.Show(option.Default));
            text.Append("\n      ").Append(option.Description);
            text.Append("\n      ").Append(Sentence(option.Allowed)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The options as a page of the guide, in Markdown.</summary>
    public static string Page(OptionSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var text = new StringBuilder();
        foreach (var section in schema.Options.GroupBy(option => option.Section))
        {
            text.Append("\n## ").Append(section.Key).Append("\n\n| option | default | allowed | meaning |\n|---|---|---|---|\n");
            foreach (var option in section)
            {
                var value = option.Default is null ? "not set" : $"`{option.Show(option.Default)}`";
                text.Append($"| `{option.Key}` | {value} | {option.Allowed} | {option.Description} |\n");
            }
        }

        return text.ToString();
    }

    private static string Sentence(string phrase) => $"{char.ToUpperInvariant(phrase[0])}{phrase[1..]}.";
}
