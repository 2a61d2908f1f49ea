namespace Actors.Silo.Options;

/// <summary>Makes records of what the sources say, and reports every mistake in them at once.</summary>
public static class OptionBinder
{
    /// <summary>Binds.</summary>
    /// <param name="schema">The options that exist.</param>
    /// <param name="layers">The sources, weakest first. Within a source a later value replaces an earlier one.</param>
    public static BoundOptions Bind(OptionSchema schema, params ReadOnlySpan<OptionLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(schema);
        List<OptionMistake> mistakes = [];
        Dictionary<OptionDefinition, OptionValue> given = [];
        foreach (var layer in layers)
        {
            mistakes.AddRange(layer.Mistakes);
            foreach (var value in layer.Values)
            {
                if (schema.TryFind(value.Key, out var option)) given[option] = value;
                else if (!schema.IsHostKey(value.Key)) mistakes.Add(Unknown(schema, value));
            }
        }

        Dictionary<Type, object> records = [];
        foreach (var type in schema.Sections.Values) records.Add(type, Activator.CreateInstance(type)!);
        List<EffectiveOption> effective = [];
        foreach (var option in schema.Options)
        {
            var (value, source) = (option.Default, OptionSource.Default);
            if (given.TryGetValue(option, out var text))
            {
                source = text.Source;
                if (option.TryParse(text.Text, out var parsed)) value = parsed;
                else mistakes.Add(new(option.Key, option.Mask(text.Text), source, $"must be {option.Allowed}"));
                option.Property.SetValue(records[schema.Sections[option.Section]], value);
            }

            effective.Add(new(option, value, source));
        }

        mistakes.AddRange(BrokenRules(records, effective, mistakes));
        return new(records, effective, mistakes);
    }

    // A value that could not be read is reported once, as such; rules then see the default in its place.
    private static List<OptionMistake> BrokenRules(
        Dictionary<Type, object> records, List<EffectiveOption> effective, List<OptionMistake> reported)
    {
        List<OptionMistake> broken = [];
        foreach (var (type, record) in records)
        {
            if (record is not IOptionRules rules) continue;
            foreach (var breach in rules.Check())
            {
                var option = effective.First(o => o.Option.Property.DeclaringType == type && o.Option.Property.Name == breach.Property);
                if (reported.Exists(mistake => mistake.Key == option.Option.Key)) continue;
                broken.Add(new(option.Option.Key, option.Option.Show(option.Value), option.Source, breach.Sentence));
            }
        }

        return broken;
    }

    private static OptionMistake Unknown(OptionSchema schema, OptionValue value)
    {
        var close = Suggestion.For(value.Key, schema.Options.Select(option => option.Key));
        if (close.Count > 0)
            return new(value.Key, null, value.Source, $"there is no such option; did you mean {string.Join(" or ", close)}?");
        var section = value.Key.Split(':')[0];
        var known = schema.Options
            .Where(option => option.Section.Equals(section, StringComparison.OrdinalIgnoreCase))
            .Select(option => option.Key)
            .ToArray();
        return new(value.Key, null, value.Source, known.Length > 0
            ? $"there is no such option; this section has {string.Join(", ", known)}"
            : $"there is no such option; the sections are {string.Join(", ", schema.SectionNames)}");
    }
}
