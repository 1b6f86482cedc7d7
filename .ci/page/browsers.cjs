// The oldest browsers that the page must run in: iPadOS 15, Chrome 109 (Windows 7), Firefox ESR 115.
module.exports = ['safari 15.6', 'ios_saf 15.6', 'chrome 109', 'firefox 115'];
