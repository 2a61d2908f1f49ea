using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Actors.Silo.Options;

/// <summary>One option: a property of an options record, and how its text becomes a value.</summary>
public sealed class OptionDefinition
{
    private readonly OptionType _type;
    private readonly SecretAttribute? _secret;

    internal OptionDefinition(string section, PropertyInfo property, object defaults)
    {
        Section = section;
        Property = property;
        Key = $"{section}:{property.Name}";
        Description = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
        _secret = property.GetCustomAttribute<SecretAttribute>();
        _type = OptionType.Of(property);
        Default = property.GetValue(defaults);
    }

    /// <summary>First part of the path.</summary>
    public string Section { get; }

    /// <summary>The whole path: "Silo:NodeId".</summary>
    public string Key { get; }

    /// <summary>Meaning, unit, and what 0 or nothing stands for.</summary>
    public string Description { get; }

    /// <summary>Whether the value is masked wherever it would be shown.</summary>
    public bool IsSecret => _secret is not null;

    /// <summary>The value when no source gives one.</summary>
    public object? Default { get; }

    /// <summary>What may be written: "a whole number from 1 to 65535".</summary>
    public string Allowed => _type.Allowed;

    internal PropertyInfo Property { get; }

    /// <summary>Makes a value of its text.</summary>
    /// <returns>False when the text is not <see cref="Allowed"/>.</returns>
    public bool TryParse(string text, out object? value) => _type.TryParse(text, out value);

    /// <summary>A value as a person writes it; nothing is an empty text, a secret is masked.</summary>
    public string Show(object? value) =>
        Mask(value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    /// <summary>A text given for this option, masked when it may hold a secret.</summary>
    public string Mask(string text) =>
        _secret is null || _secret.Harmless.Contains(text, StringComparer.OrdinalIgnoreCase) ? text : SecretText.Mask(text);
}
